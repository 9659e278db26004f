-- As superuser, into an empty schema: what make_data printed is in the temporary table made; :leads is the number for each tenant.
-- Ids follow from the numbers, so that whoever makes requests can name any row. Rows of all tenants lie mixed, as time would lay them.
SET session_replication_role = replica;
SET maintenance_work_mem = '256MB';
SET synchronous_commit = off;

CREATE FUNCTION pg_temp.tenant(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
	$$ SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;

INSERT INTO tenants (tenant_id, slug, name, subdomain, owner_email, plan_tier, status, current_lead_count, current_user_count)
	SELECT pg_temp.tenant(n), slug, 'Bench ' || n, slug, 'owner@' || slug || '.example', 'enterprise', 'active', :leads, 1 FROM made;
INSERT INTO tenant_directory (slug, tenant_id, code) SELECT slug, pg_temp.tenant(n), code FROM made;
INSERT INTO tenant_users (tenant_id, id, email, email_norm, password_hash, name, role)
	SELECT pg_temp.tenant(n), pg_temp.tenant(n), 'owner@' || slug || '.example', 'owner@' || slug || '.example', password_hash, 'Owner', 'owner' FROM made;
INSERT INTO tenant_api_keys (tenant_id, id, key_hash, key_prefix, last_four, name, role, created_by)
	SELECT pg_temp.tenant(n), pg_temp.tenant(n), key_hash, left(key, 14), right(key, 4), 'bench', 'admin', pg_temp.tenant(n) FROM made;
INSERT INTO tenant_sessions (tenant_id, id, user_id, token_hash, expires_at)
	SELECT pg_temp.tenant(n), pg_temp.tenant(n), pg_temp.tenant(n), session_hash, now() + interval '30 days' FROM made;

INSERT INTO pipeline_stages (tenant_id, id, name, kind, position)
	SELECT pg_temp.tenant(n), pg_temp.tenant(s), name, kind, s FROM made
	CROSS JOIN (VALUES (1, 'New', 'open'), (2, 'Contacted', 'open'), (3, 'Quoted', 'open'), (4, 'Won', 'won'), (5, 'Lost', 'lost')) AS v (s, name, kind);

-- Indexes are built once over all rows instead of row by row.
CREATE TEMP TABLE later AS SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'leads' AND indexname <> 'leads_pkey';
SELECT format('DROP INDEX %I', indexname) FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'leads' AND indexname <> 'leads_pkey' \gexec

INSERT INTO leads (tenant_id, id, name, company, email, phone, phone_e164, address, city, state, zip, trade, source, status, tier, score,
	value_cents, urgency, notes, owner_id, stage_id, stage_position, search_text, created_at, updated_at)
SELECT pg_temp.tenant(n), (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, person, firm, mail, phone, e164,
	street, town, 'OH', (43000 + k % 900)::text, (ARRAY['hvac', 'plumbing', 'both'])[1 + k % 3], (ARRAY['website', 'phone', 'referral'])[1 + k % 3],
	(ARRAY['new', 'contacted', 'qualified', 'won', 'lost'])[1 + k % 5], (ARRAY['hot', 'warm', 'cold'])[1 + k % 3], k % 101, (k % 9000) * 100,
	(ARRAY['emergency', 'soon', 'planned'])[1 + k % 3], CASE WHEN k % 4 = 0 THEN 'The furnace makes a noise since the weekend; call before noon.' END,
	CASE WHEN k % 2 = 0 THEN pg_temp.tenant(n) END, pg_temp.tenant(1 + k % 5), -i, lower(concat_ws(' ', person, firm, mail, phone, street, town)),
	now() - (:leads - i) * interval '7 minutes', now() - (:leads - i) * interval '7 minutes'
FROM generate_series(1, :leads) AS i CROSS JOIN made CROSS JOIN LATERAL (SELECT ((n * 7919 + i::bigint * 104729) % 1000003)::integer AS k) AS mix CROSS JOIN LATERAL (
	SELECT first || ' ' || last AS person, CASE WHEN k % 3 = 0 THEN last || ' Properties' END AS firm, lower(first || '.' || last || k || '@example.com') AS mail,
		'(614) 555-' || lpad((k % 10000)::text, 4, '0') AS phone, '+1614555' || lpad((k % 10000)::text, 4, '0') AS e164, k % 990 || ' ' || last || ' Street' AS street,
		(ARRAY['Columbus', 'Dublin', 'Grove City', 'Westerville', 'Hilliard'])[1 + k % 5] AS town
	FROM (SELECT (ARRAY['Alice', 'Bruno', 'Carla', 'Derek', 'Elena', 'Frank', 'Grace', 'Henry', 'Irene', 'Jorge', 'Karen'])[1 + k % 11] AS first,
		(ARRAY['Walker', 'Nguyen', 'Martin', 'Okafor', 'Peters', 'Romero', 'Schmidt', 'Taylor', 'Ueda', 'Vargas', 'Young', 'Zimmer', 'Baker'])[1 + k % 13] AS last) AS names) AS made_up;

SELECT indexdef FROM later \gexec
RESET session_replication_role;
VACUUM (ANALYZE) leads, tenants, tenant_directory, tenant_users, tenant_api_keys, tenant_sessions;
CHECKPOINT;
