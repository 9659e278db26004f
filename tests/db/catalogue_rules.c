#include "tests/db/catalogue_rules.h"

#define ROLES "('demand_app', 'demand_auth', 'demand_jobs', 'demand_ops')"
#define ISOLATION "(tenant_id = (current_setting(''app.tenant_id''::text))::uuid)"
#define FIRST_COLUMN(relation, vector)                                                                                 \
	"(SELECT attname FROM pg_attribute WHERE attrelid = " relation " AND attnum = (" vector "))"

const struct catalogue_rule catalogue_rules[] = {
	{"tenant tables without row level security, enabled and forced",
	 TABLES "SELECT relname FROM tenant WHERE NOT (relrowsecurity AND relforcerowsecurity)",
	 "ALTER TABLE leads NO FORCE ROW LEVEL SECURITY"},
	{"tenant tables whose tenant_id is not uuid NOT NULL",
	 TABLES "SELECT t.relname FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id'"
		" WHERE NOT a.attnotnull OR a.atttypid <> 'uuid'::regtype",
	 "CREATE TABLE t (tenant_id text NOT NULL)"},
	{"tenant tables without the policy for the app and the jobs role",
	 TABLES "SELECT t.relname || ' for ' || r.rolname FROM tenant t CROSS JOIN pg_roles r WHERE r.rolname IN "
		"('demand_app', 'demand_jobs')"
		" AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND r.oid = ANY (p.polroles) AND "
		"p.polcmd = '*' AND p.polpermissive"
		" AND pg_get_expr(p.polqual, t.oid) IS NOT NULL AND pg_get_expr(p.polwithcheck, t.oid) IS NOT NULL)",
	 "DROP POLICY tenant_isolation ON contacts"},
	{"policies that say something else (the platform's one on tenants is for demand_auth, the queue's for "
	 "demand_jobs)",
	 TABLES "SELECT t.relname || '.' || p.polname FROM pg_policy p JOIN tables t ON t.oid = p.polrelid"
		" WHERE (pg_get_expr(p.polqual, t.oid) IS DISTINCT FROM '" ISOLATION
		"' OR pg_get_expr(p.polwithcheck, t.oid) IS DISTINCT FROM '" ISOLATION "')"
		" AND NOT (t.relname = 'tenants' AND p.polname = 'platform' AND p.polroles = ARRAY[(SELECT oid FROM "
		"pg_roles WHERE rolname = 'demand_auth')])"
		" AND NOT (t.relname = 'job_tickets' AND p.polname = 'queue' AND p.polroles = ARRAY[(SELECT oid FROM "
		"pg_roles WHERE rolname = 'demand_jobs')])",
	 "CREATE POLICY generous ON leads TO demand_app USING (true)"},
	{"unique keys of tenant tables that do not begin with tenant_id",
	 TABLES
	 "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tenant t ON t.oid = i.indrelid WHERE i.indisunique"
	 " AND " FIRST_COLUMN("t.oid", "i.indkey[0]") " IS DISTINCT FROM 'tenant_id'",
	 "CREATE UNIQUE INDEX u ON leads (id) WHERE false"},
	{"tenant tables without a primary key",
	 TABLES "SELECT relname FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND "
		"i.indisprimary)",
	 "CREATE TABLE t (tenant_id uuid NOT NULL)"},
	{"foreign keys that do not stay within the tenant",
	 TABLES "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k WHERE k.contype = 'f'"
		" AND (k.conrelid IN (SELECT oid FROM tenant) OR k.confrelid IN (SELECT oid FROM tenant))"
		" AND (" FIRST_COLUMN("k.conrelid", "k.conkey[1]") " <> 'tenant_id' OR " FIRST_COLUMN(
			"k.confrelid", "k.confkey[1]") " <> 'tenant_id'"
						       " OR k.conrelid NOT IN (SELECT oid FROM tenant) OR k.confrelid "
						       "NOT IN (SELECT oid FROM tenant))",
	 "ALTER TABLE signup_drafts ADD FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)"},
	{"foreign keys that set NULL or a default, which a cluster refuses",
	 "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE contype = 'f' AND connamespace = "
	 "'public'::regnamespace"
	 " AND (confdeltype IN ('n', 'd') OR confupdtype IN ('n', 'd'))",
	 "ALTER TABLE contacts ADD CONSTRAINT n FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON "
	 "DELETE SET NULL"},
	/* A key of one column, the tenant's, is served by every index that begins with tenant_id. */
	{"foreign keys whose columns no index begins with",
	 TABLES "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k WHERE k.contype = 'f' AND "
		"k.conrelid IN (SELECT oid FROM tenant)"
		" AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL"
		" AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] = k.conkey)",
	 "DROP INDEX contacts_lead"},
	{"indexes of tenant tables on numeric columns: not leakproof, so useless under row level security",
	 TABLES "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tenant t ON t.oid = i.indrelid JOIN "
		"pg_attribute a ON a.attrelid = t.oid"
		" AND a.attnum = ANY (i.indkey) WHERE a.atttypid = 'numeric'::regtype",
	 "ALTER TABLE leads ADD COLUMN n numeric, ADD UNIQUE (tenant_id, n)"},
	{"triggers", "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal",
	 "CREATE TRIGGER t BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"},
	{"rules",
	 "SELECT ev_class::regclass || '.' || rulename FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class"
	 " WHERE c.relnamespace = 'public'::regnamespace AND w.rulename <> '_RETURN'",
	 "CREATE RULE r AS ON DELETE TO leads DO INSTEAD NOTHING"},
	{"views that run as their owner, and materialised views",
	 "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'"
	 " OR (relkind = 'v' AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)))",
	 "CREATE VIEW v AS SELECT * FROM leads"},
	{"sequences: their numbers tell tenants about one another",
	 "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'",
	 "ALTER TABLE leads ADD COLUMN n serial"},
	{"enumerated types",
	 "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'",
	 "CREATE TYPE e AS ENUM ('a')"},
	{"times without a zone",
	 TABLES "SELECT t.relname || '.' || a.attname FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT "
		"a.attisdropped"
		" WHERE a.atttypid IN ('timestamp'::regtype, 'time'::regtype, 'timetz'::regtype)",
	 "ALTER TABLE leads ADD COLUMN t timestamp"},
	{"ids that are not uuid",
	 TABLES "SELECT t.relname || '.' || a.attname FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT "
		"a.attisdropped"
		" WHERE (a.attname = 'id' OR a.attname ~ '_id$') AND a.atttypid <> 'uuid'::regtype AND (t.relname, "
		"a.attname) <> ('signals', 'external_id')",
	 "ALTER TABLE leads ADD COLUMN other_id bigint"},
	{"relations that demand_owner does not own",
	 "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> "
	 "'demand_owner'",
	 "ALTER TABLE leads OWNER TO demand_app"},
	{"what a login role owns",
	 "SELECT pg_describe_object(classid, objid, objsubid) FROM pg_shdepend WHERE deptype = 'o' AND refobjid IN"
	 " (SELECT oid FROM pg_roles WHERE rolname IN " ROLES ")",
	 "CREATE SCHEMA s AUTHORIZATION demand_app"},
	{"rights that pass by row level security, and any right of PUBLIC",
	 TABLES "SELECT t.relname || ': ' || g.privilege_type || ' for ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE "
		"pg_get_userbyid(g.grantee) END"
		" FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g WHERE g.grantee <> t.relowner"
		" AND (g.grantee = 0 OR g.is_grantable OR g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER'))",
	 "GRANT TRUNCATE ON leads TO demand_app"},
	{"rights of the app and jobs roles on tables that no policy guards, beyond reading the directory and the "
	 "version",
	 TABLES "SELECT t.relname || ': ' || g.privilege_type FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g"
		" WHERE pg_get_userbyid(g.grantee) IN ('demand_app', 'demand_jobs') AND NOT t.relrowsecurity"
		" AND NOT (g.privilege_type = 'SELECT' AND t.relname IN ('tenant_directory', 'schema_migrations'))",
	 "GRANT SELECT ON signup_drafts TO demand_app"},
	{"rights of demand_ops beyond reading",
	 TABLES "SELECT t.relname || ': ' || g.privilege_type FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g"
		" WHERE pg_get_userbyid(g.grantee) = 'demand_ops' AND g.privilege_type <> 'SELECT'",
	 "GRANT DELETE ON leads TO demand_ops"},
	{"tables that demand_ops cannot read: a dump would fail",
	 "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
	 " AND NOT has_table_privilege('demand_ops', oid, 'SELECT')",
	 "REVOKE pg_read_all_data FROM demand_ops"},
	{"columns of tenants that a tenant could change beyond its own profile and counters",
	 "SELECT r.rolname || ': tenants.' || a.attname FROM pg_attribute a CROSS JOIN pg_roles r WHERE a.attrelid = "
	 "'tenants'::regclass"
	 " AND a.attnum > 0 AND NOT a.attisdropped AND r.rolname IN ('demand_app', 'demand_jobs')"
	 " AND has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')"
	 " AND a.attname NOT IN ('name', 'company_name', 'industry', 'website_url', 'phone', 'logo_id', 'time_zone', "
	 "'settings', 'custom_fields', 'current_lead_count', 'current_user_count', 'current_scraper_count', "
	 "'version', 'updated_at')",
	 "GRANT UPDATE ON tenants TO demand_app"},
	{"rights on single columns of anything else, and other than changing",
	 TABLES "SELECT t.relname || '.' || a.attname || ': ' || g.privilege_type FROM tables t JOIN pg_attribute a ON "
		"a.attrelid = t.oid CROSS JOIN LATERAL aclexplode(a.attacl) g WHERE t.relname <> 'tenants' OR "
		"g.privilege_type <> 'UPDATE' OR g.is_grantable OR g.grantee NOT IN (SELECT oid FROM pg_roles WHERE "
		"rolname IN ('demand_app', 'demand_jobs'))",
	 "GRANT SELECT (name) ON leads TO PUBLIC"},
	{"rights of the app and jobs roles where rows are only added, kept or read",
	 TABLES
	 "SELECT t.relname || ': ' || g.privilege_type FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g JOIN "
	 "(VALUES ('tenants', 'INSERT DELETE UPDATE'), ('tenant_users', 'DELETE'), ('tenant_api_keys', 'DELETE'), "
	 "('tenant_usage', 'DELETE'), ('tenant_files', 'UPDATE'), ('stage_moves', 'UPDATE DELETE'), "
	 "('record_changes', 'UPDATE')) kept (name, rights) ON kept.name = t.relname AND "
	 "g.privilege_type = ANY (string_to_array(kept.rights, ' ')) WHERE pg_get_userbyid(g.grantee) IN "
	 "('demand_app', 'demand_jobs')",
	 "GRANT UPDATE ON record_changes TO demand_app"},
	{"rights of demand_auth beyond the platform's tables and the first rows of a new tenant",
	 TABLES
	 "SELECT t.relname || ': ' || g.privilege_type FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g WHERE "
	 "pg_get_userbyid(g.grantee) = 'demand_auth' AND NOT EXISTS (SELECT FROM (VALUES ('schema_migrations', "
	 "'SELECT'), "
	 "('tenant_directory', 'SELECT INSERT UPDATE'), ('tenants', 'SELECT INSERT UPDATE'), "
	 "('operator_keys', 'SELECT INSERT UPDATE'), ('signup_drafts', 'SELECT INSERT UPDATE DELETE'), "
	 "('tenant_users', 'SELECT INSERT'), ('tenant_tokens', 'INSERT'), ('tenant_api_keys', 'INSERT'), "
	 "('tenant_files', 'INSERT'), ('pipeline_stages', 'INSERT'), ('cadences', 'INSERT'), ('cadence_steps', "
	 "'INSERT'))"
	 " meant (name, rights) WHERE meant.name = t.relname AND g.privilege_type = ANY (string_to_array(meant.rights, "
	 "' ')))",
	 "GRANT SELECT ON leads TO demand_auth"},
	{"rights that tables and functions to come would give by themselves",
	 "SELECT d.defaclobjtype::text || ' for ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE "
	 "pg_get_userbyid(g.grantee) END"
	 " FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) g WHERE g.grantee <> d.defaclrole",
	 "ALTER DEFAULT PRIVILEGES FOR ROLE demand_owner GRANT SELECT ON TABLES TO demand_app"},
	{"tenant tables whose tenant_id fills itself",
	 TABLES
	 "SELECT t.relname FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id' WHERE "
	 "a.atthasdef OR a.attidentity <> ''",
	 "ALTER TABLE leads ALTER tenant_id SET DEFAULT gen_random_uuid()"},
	/* A key hangs on the person who made it, if there was one. */
	/* Tickets lie beside the cluster; demand-jobs drops those of a company that is gone. */
	{"tenant tables whose rows could outlive their tenant: no chain of foreign keys leads to tenants",
	 TABLES
	 "SELECT t.relname FROM tenant t WHERE t.relname NOT IN ('tenant_api_keys', 'job_tickets') AND t.oid NOT IN "
	 "(WITH RECURSIVE rooted "
	 "(oid) AS (SELECT "
	 "'tenants'::regclass::oid UNION SELECT k.conrelid FROM pg_constraint k JOIN rooted ON rooted.oid = "
	 "k.confrelid WHERE k.contype = 'f' AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid "
	 "AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull)) SELECT oid FROM rooted)",
	 "ALTER TABLE custom_fields DROP CONSTRAINT custom_fields_tenant_id_fkey"},
	{"functions that run as their owner, or that everybody may call",
	 "SELECT oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
	 " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND "
	 "d.deptype = 'e')"
	 " AND (prosecdef OR proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) g WHERE g.grantee = 0))",
	 "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"},
	/* What stands in them is read by every role, whatever the policies say. */
	{"comments, which everybody may read",
	 "SELECT pg_describe_object(classoid, objoid, objsubid) FROM pg_description d WHERE (objoid >= 16384 OR "
	 "(classoid = 'pg_namespace'::regclass AND objoid = 'public'::regnamespace AND description <> 'standard public "
	 "schema')) AND classoid <> 'pg_extension'::regclass AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = "
	 "d.classoid AND e.objid = d.objoid AND e.deptype = 'e') UNION ALL SELECT pg_describe_object(classoid, objoid, "
	 "0) FROM pg_shdescription WHERE objoid >= 16384",
	 "COMMENT ON COLUMN leads.name IS 'such as Ann'"},
	{"roles that could do more than was granted",
	 "SELECT rolname FROM pg_roles WHERE rolname LIKE 'demand\\_%' AND (rolsuper OR rolcreaterole OR rolcreatedb "
	 "OR rolreplication"
	 " OR (rolbypassrls AND rolname <> 'demand_ops') OR (rolcanlogin AND rolname = 'demand_owner')"
	 " OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid AND NOT (rolname = 'demand_ops'"
	 " AND m.roleid = 'pg_read_all_data'::regrole)))",
	 "GRANT pg_read_all_data TO demand_app"},
	{"roles that may make tables, temporary ones too",
	 "SELECT rolname FROM pg_roles WHERE rolname IN " ROLES " AND (has_schema_privilege(oid, 'public', 'CREATE')"
	 " OR has_database_privilege(oid, current_database(), 'TEMPORARY') OR has_database_privilege(oid, "
	 "current_database(), 'CREATE'))",
	 "GRANT TEMPORARY ON DATABASE demand TO PUBLIC"},
	{"serving roles without time limits",
	 "SELECT r.rolname || ' ' || s.name FROM pg_roles r CROSS JOIN unnest(ARRAY['statement_timeout', "
	 "'lock_timeout',"
	 " 'idle_in_transaction_session_timeout']) s (name) WHERE r.rolname IN ('demand_app', 'demand_auth', "
	 "'demand_jobs')"
	 " AND NOT EXISTS (SELECT FROM unnest(r.rolconfig) c WHERE c LIKE s.name || '=%' AND c NOT LIKE '%=0%')",
	 "ALTER ROLE demand_app RESET lock_timeout"},
	{"search functions that are not leakproof, and functions that must not be",
	 "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND"
	 " ((proname IN ('textlike', 'texticlike') AND proargtypes = '25 25' AND NOT proleakproof)"
	 " OR (proname IN ('lower', 'upper', 'textregexeq', 'texticregexeq', 'textcat', 'uuid_in', 'int4in', "
	 "'jsonb_in') AND proleakproof))",
	 "ALTER FUNCTION texticlike(text, text) NOT LEAKPROOF"},
};
const size_t catalogue_rules_count = COUNT_OF(catalogue_rules);

struct str catalogue_query(struct arena *arena)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < catalogue_rules_count; i++)
		buffer_printf(&out, "%sSELECT %zu AS rule, o::text AS offender FROM (%s) q%zu (o)",
			      i ? " UNION ALL " : "", i, catalogue_rules[i].offenders, i);
	BUFFER_LITERAL(&out, " ORDER BY 1, 2");
	return buffer_str(&out);
}
