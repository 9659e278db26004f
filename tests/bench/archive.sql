-- As superuser: a lead, a contact that belongs to it, and a line of history each, :leads times.
CREATE TEMP TABLE company AS SELECT tenant_id, (SELECT id FROM pipeline_stages s WHERE s.tenant_id = t.tenant_id ORDER BY position LIMIT 1) AS stage
	FROM tenants t WHERE slug = 'bench-from';
CREATE TEMP TABLE made AS SELECT i, gen_random_uuid() AS lead, gen_random_uuid() AS contact FROM generate_series(1, :leads) i;
INSERT INTO leads (tenant_id, id, name, company, email, phone, phone_e164, address, city, state, zip, source, score, value_cents, notes, stage_id, stage_position, search_text)
	SELECT tenant_id, lead, 'Person ' || i, 'Firm ' || i % 900, 'person' || i || '@example.com', '(614) 555-' || lpad((i % 10000)::text, 4, '0'),
	'+1614555' || lpad((i % 10000)::text, 4, '0'), i % 990 || ' Elm Street', 'Columbus', 'OH', (43000 + i % 900)::text, 'website', i % 101, i * 100,
	'The furnace makes a noise since the weekend; call before noon, number ' || md5(i::text), stage, -i, lower('person ' || i || ' firm ' || i % 900 || ' elm street columbus')
	FROM made CROSS JOIN company;
INSERT INTO contacts (tenant_id, id, lead_id, name, email, phone, phone_e164, search_text)
	SELECT tenant_id, contact, lead, 'Person ' || i, 'person' || i || '@example.com', '(614) 555-' || lpad((i % 10000)::text, 4, '0'), '+1614555' || lpad((i % 10000)::text, 4, '0'),
	'person ' || i FROM made CROSS JOIN company;
INSERT INTO record_changes (tenant_id, id, entity, row_id, kind, version, changed_at, actor_kind, actor_name, changes)
	SELECT tenant_id, gen_random_uuid(), 'leads', lead, 'created', 1, now(), 'system', 'System', jsonb_build_array(jsonb_build_object('field', 'name', 'from', NULL, 'to', 'Person ' || i))
	FROM made CROSS JOIN company;
ANALYZE;
