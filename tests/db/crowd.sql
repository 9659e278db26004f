-- A company of :big leads among others that have :others between them. Run by tests/db/crowd.c, as superuser, in a migrated database that holds the
-- company (:tenant) and nothing else. The indexes of leads are built once over all rows and not row by row.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET maintenance_work_mem = '256MB';

INSERT INTO tenants (tenant_id, slug, name, subdomain, owner_email)
SELECT gen_random_uuid(), 'other-' || n, 'Other', 'other-' || n, 'owner@other.example' FROM generate_series(1, 50) AS n;
INSERT INTO tenant_users (tenant_id, id, email, email_norm, role)
SELECT tenant_id, gen_random_uuid(), 'a@b.example', 'a@b.example', 'owner' FROM tenants;
INSERT INTO pipeline_stages (tenant_id, id, name) SELECT tenant_id, gen_random_uuid(), 'Quoted' FROM tenants;
INSERT INTO tags (tenant_id, id, name) SELECT tenant_id, gen_random_uuid(), 'VIP' FROM tenants;

CREATE TABLE put_off AS
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'leads' AND indexname <> 'leads_pkey';
SELECT format('DROP INDEX %I', indexname) FROM put_off \gexec
ALTER TABLE leads DISABLE TRIGGER ALL;

-- Names that repeat, numbers and addresses that do not, the older ones won or lost. What others are found by is shorter, since most of the time goes into
-- the index of the search.
INSERT INTO leads (tenant_id, id, name, company, email, phone, phone_e164, address, city, state, zip, trade, source, status, tier, score, value_cents,
	urgency, owner_id, stage_id, stage_position, response_due_at, first_response_at, search_text, created_at, updated_at)
SELECT t.tenant_id, gen_random_uuid(), person, CASE WHEN k % 3 = 0 THEN surname || ' Properties' END, mail, phone, digits, street,
	'Columbus', 'OH', (43000 + k % 900)::text, (ARRAY['hvac', 'plumbing', 'both'])[1 + k % 3], (ARRAY['website', 'phone', 'referral', 'radio'])[1 + k % 4],
	CASE WHEN n > t.leads / 20 THEN (ARRAY['won', 'lost'])[1 + k % 2] ELSE (ARRAY['new', 'contacted', 'qualified'])[1 + k % 3] END,
	(ARRAY['hot', 'warm', 'cold'])[1 + k % 3], k % 101, (k % 9000) * 100, (ARRAY['emergency', 'soon', 'planned', NULL])[1 + k % 4],
	CASE WHEN k % 2 = 0 THEN t.owner END, CASE WHEN k % 3 = 0 THEN t.stage END, -k,
	timestamptz '2026-11-23 13:00Z' - n * interval '17 minutes',
	CASE WHEN n > t.leads / 20 OR k % 3 > 0 THEN timestamptz '2026-11-23 12:10Z' - n * interval '17 minutes' END,
	lower(concat_ws(E'\n', person, CASE WHEN t.is_big THEN mail || E'\n' || phone END, digits, street)),
	timestamptz '2026-11-23 12:00Z' - n * interval '17 minutes', timestamptz '2026-11-23 12:00Z' - n * interval '5 minutes'
FROM (SELECT tenant_id, tenant_id = :'tenant' AS is_big, CASE WHEN tenant_id = :'tenant' THEN :big ELSE :others / 50 END AS leads,
		row_number() OVER ()::integer AS number,
		(SELECT u.id FROM tenant_users u WHERE u.tenant_id = tenants.tenant_id LIMIT 1) AS owner,
		(SELECT p.id FROM pipeline_stages p WHERE p.tenant_id = tenants.tenant_id AND p.name = 'Quoted') AS stage
	FROM tenants) AS t
	CROSS JOIN LATERAL generate_series(1, t.leads) AS n
	CROSS JOIN LATERAL (SELECT ((n::bigint * 104729 + t.number * 7919) % 9999991)::integer AS k) AS mix
	CROSS JOIN LATERAL (SELECT
		(ARRAY['Alice', 'Bruno', 'Carla', 'Derek', 'Elena', 'Frank', 'Grace', 'Henry', 'Irene', 'Jorge', 'Karen'])[1 + k % 11] AS forename,
		(ARRAY['Walker', 'Nguyen', 'Martin', 'Okafor', 'Peters', 'Romero', 'Schmidt', 'Taylor', 'Ueda', 'Vargas', 'Young'])[1 + (k / 11) % 11] AS surname
	) AS names
	CROSS JOIN LATERAL (SELECT forename || ' ' || surname AS person, lower(forename) || k || '@example.com' AS mail, k % 9973 || ' ' || surname || ' Street' AS street,
		'(614) ' || lpad((k / 10000)::text, 3, '0') || '-' || lpad((k % 10000)::text, 4, '0') AS phone, '1614' || lpad(k::text, 7, '0') AS digits
	) AS made_up;
INSERT INTO lead_tags (tenant_id, row_id, tag_id)
SELECT l.tenant_id, l.id, t.id FROM leads l JOIN tags t ON t.tenant_id = l.tenant_id WHERE l.score = 50;

ALTER TABLE leads ENABLE TRIGGER ALL;
SELECT indexdef FROM put_off \gexec
DROP TABLE put_off;
VACUUM ANALYZE;
