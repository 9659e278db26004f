#include "tests/isolation/schema_mutations.h"

#include "lib/base/base.h"
#include "tests/db/catalogue_rules.h"

/* Roles that somebody logs in as, and PUBLIC. */
#define LOGINS "unnest(ARRAY['demand_app', 'demand_auth', 'demand_jobs', 'demand_ops', 'PUBLIC']) AS role"
#define POLICIES "FROM pg_policies p WHERE p.schemaname = 'public'"
/* format() of the policy as it is, with another piece in place of one. */
#define NEW_POLICY(roles, qual, check)                                                                                 \
	"format('DO $m$ BEGIN DROP POLICY %I ON %I; CREATE POLICY %I ON %I TO %s USING (%s) WITH CHECK (%s); END "     \
	"$m$', "                                                                                                       \
	"p.policyname, p.tablename, p.policyname, p.tablename, " roles ", " qual ", " check "), NULL "
#define ROLES_OF "array_to_string(p.roles, ', ')"
/* The platform's own policy on tenants is open as it is. */
#define CLOSED_POLICIES POLICIES " AND p.qual <> 'true'"
#define WITHOUT_TENANT(vector, relation)                                                                               \
	"(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.n) FROM unnest(" vector                            \
	") WITH ORDINALITY AS u(attnum, n) JOIN pg_attribute a ON a.attrelid = " relation                              \
	" AND a.attnum = u.attnum WHERE a.attname <> 'tenant_id')"

/* clang-format off */
const struct schema_mutation schema_mutations[] = {
	/* ---- policies ---- */
	{"row level security disabled",
	 TABLES "SELECT relname, format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', relname), NULL FROM tenant"},
	{"row level security not forced",
	 TABLES "SELECT relname, format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', relname), NULL FROM tenant"},
	{"policy dropped",
	 "SELECT p.tablename || '.' || p.policyname, format('DROP POLICY %I ON %I', p.policyname, p.tablename), NULL " CLOSED_POLICIES},
	{"policy that shows every row",
	 "SELECT p.tablename || '.' || p.policyname, " NEW_POLICY(ROLES_OF, "'true'", "p.with_check") CLOSED_POLICIES},
	{"policy that takes every row",
	 "SELECT p.tablename || '.' || p.policyname, " NEW_POLICY(ROLES_OF, "p.qual", "'true'") CLOSED_POLICIES},
	{"policy that is no error without a tenant",
	 "SELECT p.tablename || '.' || p.policyname, " NEW_POLICY(ROLES_OF,
		"'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid'", "p.with_check") CLOSED_POLICIES},
	/* Without its only role a policy is dropped. */
	{"policy for one role less",
	 "SELECT p.tablename || '.' || p.policyname || ' without ' || gone, " NEW_POLICY(
		"array_to_string(array_remove(p.roles, gone), ', ')", "p.qual", "p.with_check")
	 "FROM pg_policies p CROSS JOIN unnest(ARRAY['demand_app', 'demand_jobs']::name[]) AS gone"
	 " WHERE p.schemaname = 'public' AND gone = ANY (p.roles) AND cardinality(p.roles) > 1"},
	{"a second, open policy",
	 TABLES "SELECT relname || ' for ' || role, format('CREATE POLICY more ON %I TO %s USING (true)', relname, role), NULL"
	 " FROM tenant CROSS JOIN " LOGINS},

	/* ---- rights ---- */
	{"all rights granted",
	 TABLES "SELECT relname || ' to ' || role, format('GRANT ALL ON %I TO %s', relname, role), NULL FROM tables CROSS JOIN " LOGINS},
	{"one right more granted",
	 TABLES "SELECT right_ || ' on ' || relname || ' to ' || role, format('GRANT %s ON %I TO %s', right_, relname, role), NULL"
	 " FROM tables t CROSS JOIN " LOGINS " CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',"
	 " 'TRIGGER']) AS right_ WHERE NOT EXISTS (SELECT FROM aclexplode(t.relacl) g WHERE g.privilege_type = right_"
	 " AND g.grantee = CASE role WHEN 'PUBLIC' THEN 0 ELSE to_regrole(role)::oid END)"
	 /* That one reads everything as it is. */
	 " AND (role, right_) <> ('demand_ops', 'SELECT')"},
	{"a right on one column more granted",
	 TABLES "SELECT right_ || ' on ' || t.relname || '.' || a.attname || ' to ' || role, format('GRANT %s (%I) ON %I TO %s', right_,"
	 " a.attname, t.relname, role), NULL FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped"
	 " CROSS JOIN " LOGINS " CROSS JOIN unnest(ARRAY['SELECT', 'UPDATE', 'REFERENCES']) AS right_"
	 " WHERE NOT EXISTS (SELECT FROM aclexplode(t.relacl) g WHERE g.privilege_type = right_"
	 " AND g.grantee = CASE role WHEN 'PUBLIC' THEN 0 ELSE to_regrole(role)::oid END)"
	 " AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) g WHERE g.privilege_type = right_"
	 " AND g.grantee = CASE role WHEN 'PUBLIC' THEN 0 ELSE to_regrole(role)::oid END)"
	 /* Of tenants each column; the others' are the same over and over. */
	 " AND (t.relname = 'tenants' OR a.attname = 'tenant_id')"},
	{"owned by a role that serves",
	 TABLES "SELECT relname || ' by ' || role, format('ALTER TABLE %I OWNER TO %s', relname, role), NULL FROM tables"
	 " CROSS JOIN " LOGINS " WHERE role <> 'PUBLIC'"},
	{"rights on tables to come",
	 "SELECT role, format('ALTER DEFAULT PRIVILEGES FOR ROLE demand_owner GRANT SELECT ON TABLES TO %s', role), NULL FROM " LOGINS},
	{"functions that everybody may call",
	 "SELECT oid::regprocedure::text, format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', oid::regprocedure), NULL FROM pg_proc p"
	 " WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"},
	{"a role that may do more",
	 "SELECT rolname || ' ' || attribute, format('ALTER ROLE %I %s', rolname, attribute), NULL FROM pg_roles"
	 " CROSS JOIN unnest(ARRAY['SUPERUSER', 'BYPASSRLS', 'CREATEROLE', 'CREATEDB', 'REPLICATION']) AS attribute"
	 " WHERE rolname LIKE 'demand\\_%' AND (rolname, attribute) <> ('demand_ops', 'BYPASSRLS')"},
	{"a role that is a member of another",
	 "SELECT m.rolname || ' of ' || r.rolname, format('GRANT %I TO %I', r.rolname, m.rolname), NULL FROM pg_roles m CROSS JOIN pg_roles r"
	 " WHERE m.rolname LIKE 'demand\\_%' AND (r.rolname LIKE 'demand\\_%' OR r.rolname ~ '^pg_(read|write)_all_data|^pg_.*(server|monitor)')"
	 " AND r.rolname <> 'pg_database_owner' AND m.oid <> r.oid"
	 " AND NOT EXISTS (SELECT FROM pg_auth_members x WHERE x.member = m.oid AND x.roleid = r.oid)"},

	/* ---- keys ---- */
	{"unique key without tenant_id",
	 TABLES "SELECT k.conname, format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', t.relname, k.conname) || CASE WHEN cardinality(k.conkey)"
	 " > 1 THEN format(', ADD CONSTRAINT %I %s (%s)', k.conname, CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, "
	 WITHOUT_TENANT("k.conkey", "t.oid") ") ELSE '' END, NULL FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid WHERE k.contype"
	 " IN ('p', 'u') AND 'tenant_id' = ANY (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = ANY (k.conkey))"},
	{"unique index without tenant_id",
	 TABLES "SELECT c.relname, format('DO $m$ BEGIN DROP INDEX %I; %s; END $m$', c.relname,"
	 " regexp_replace(regexp_replace(pg_get_indexdef(c.oid), '\\(tenant_id, ', '('), '\\(tenant_id\\)', '((true))')), NULL FROM pg_index i JOIN tenant t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid"
	 " WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u'))"},
	{"foreign key without tenant_id",
	 TABLES "SELECT k.conrelid::regclass || '.' || k.conname, format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I FOREIGN KEY (%s)"
	 " REFERENCES %s (%s)', t.relname, k.conname, k.conname, " WITHOUT_TENANT("k.conkey", "k.conrelid") ", k.confrelid::regclass, "
	 WITHOUT_TENANT("k.confkey", "k.confrelid") "), format('ALTER TABLE %s ADD CONSTRAINT aside_for_the_mutant UNIQUE (%s)', k.confrelid::regclass, "
	 WITHOUT_TENANT("k.confkey", "k.confrelid") ") FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid WHERE k.contype = 'f'"
	 " AND cardinality(k.conkey) > 1"},
	{"foreign key dropped",
	 TABLES "SELECT k.conrelid::regclass || '.' || k.conname, format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, k.conname), NULL"
	 " FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid WHERE k.contype = 'f' AND cardinality(k.conkey) = 1"
	 /* Where another key leads to the tenant, this one is there twice. */
	 " AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = t.oid AND o.contype = 'f' AND o.oid <> k.oid AND NOT EXISTS"
	 " (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (o.conkey) AND NOT a.attnotnull))"},
	{"tenant_id that may be missing",
	 TABLES "SELECT relname, format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE, ALTER tenant_id DROP NOT NULL', relname, k.conname), NULL"
	 " FROM tenant JOIN pg_constraint k ON k.conrelid = tenant.oid AND k.contype = 'p'"},
	{"tenant_id with a default",
	 TABLES "SELECT relname, format('ALTER TABLE %I ALTER tenant_id SET DEFAULT gen_random_uuid()', relname), NULL FROM tenant"},

	/* ---- ways around ---- */
	{"a view of its owner's",
	 TABLES "SELECT relname, format('CREATE VIEW aside AS SELECT * FROM %I', relname), NULL FROM tenant"},
	{"a materialised view",
	 TABLES "SELECT relname, format('CREATE MATERIALIZED VIEW aside AS SELECT * FROM %I', relname), NULL FROM tenant"},
	{"a function that runs as its owner",
	 TABLES "SELECT relname, format('CREATE FUNCTION aside() RETURNS SETOF %I LANGUAGE sql SECURITY DEFINER AS ''SELECT * FROM %I''',"
	 " relname, relname), NULL FROM tenant"},
	{"a trigger",
	 TABLES "SELECT relname, format('CREATE TRIGGER aside BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION"
	 " suppress_redundant_updates_trigger()', relname), NULL FROM tenant"},
	{"a comment",
	 TABLES "SELECT relname, format('COMMENT ON TABLE %I IS ''such as the one of Ann''', relname), NULL FROM tenant"},
	{"a child table",
	 TABLES "SELECT relname, format('CREATE TABLE aside () INHERITS (%I)', relname), NULL FROM tenant"},
};
/* clang-format on */
const size_t schema_mutations_count = COUNT_OF(schema_mutations);
