/*
 * The rules of the schema (docs/database.md), asked of the catalogue. Each rule is a query that names its offenders, and a breach: a
 * statement that makes one, run and rolled back, which proves that the query would see it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/database.h"

/* Two tables name a tenant without being a tenant's: the directory is GLOBAL, a sign-up in progress is PLATFORM-LOCAL. */
#define TABLES                                                                                                         \
	"WITH tables AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN "   \
	"('r', 'p')),"                                                                                                 \
	" tenant AS (SELECT t.* FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id' "  \
	"AND NOT a.attisdropped"                                                                                       \
	" WHERE t.relname NOT IN ('tenant_directory', 'signup_drafts')) "
#define ROLES "('demand_app', 'demand_auth', 'demand_jobs', 'demand_ops')"
#define ISOLATION "(tenant_id = (current_setting(''app.tenant_id''::text))::uuid)"
#define FIRST_COLUMN(relation, vector)                                                                                 \
	"(SELECT attname FROM pg_attribute WHERE attrelid = " relation " AND attnum = (" vector "))"

struct rule {
	const char *title, *offenders, *breach;
};

static const struct rule rules[] = {
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
	{"policies that say something else (the platform's one on tenants is for demand_auth)",
	 TABLES "SELECT t.relname || '.' || p.polname FROM pg_policy p JOIN tables t ON t.oid = p.polrelid"
		" WHERE (pg_get_expr(p.polqual, t.oid) IS DISTINCT FROM '" ISOLATION
		"' OR pg_get_expr(p.polwithcheck, t.oid) IS DISTINCT FROM '" ISOLATION "')"
		" AND NOT (t.relname = 'tenants' AND p.polname = 'platform' AND p.polroles = ARRAY[(SELECT oid FROM "
		"pg_roles WHERE rolname = 'demand_auth')])",
	 "CREATE POLICY generous ON leads TO demand_app USING (true)"},
	{"unique keys of tenant tables that do not begin with tenant_id",
	 TABLES
	 "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tenant t ON t.oid = i.indrelid WHERE i.indisunique"
	 " AND " FIRST_COLUMN("t.oid", "i.indkey[0]") " IS DISTINCT FROM 'tenant_id'",
	 "CREATE UNIQUE INDEX u ON leads (id)"},
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
	{"what a tenant could change about its own plan, state or limits",
	 "SELECT r.rolname || ': tenants.' || a.attname FROM pg_attribute a CROSS JOIN pg_roles r WHERE a.attrelid = "
	 "'tenants'::regclass"
	 " AND a.attnum > 0 AND NOT a.attisdropped AND r.rolname IN ('demand_app', 'demand_jobs')"
	 " AND has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')"
	 " AND (a.attname ~ "
	 "'^(plan_|status|trial_|subscription_|max_|tenant_id|slug|subdomain|features|deleted_at|created_at)')",
	 "GRANT UPDATE ON tenants TO demand_app"},
	{"functions that run as their owner, or that everybody may call",
	 "SELECT oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
	 " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND "
	 "d.deptype = 'e')"
	 " AND (prosecdef OR proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) g WHERE g.grantee = 0))",
	 "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"},
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

static void nothing_offends_a_rule(void **state)
{
	size_t offenders = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++)
		offenders += test_sql_offenders(rules[i].title, rules[i].offenders);
	assert_int_equal(offenders, 0);
}

static void each_rule_sees_a_breach(void **state)
{
	struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	bool blind = false;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		struct statement breach = {"breach", rules[i].breach}, offenders = {"offenders", rules[i].offenders};
		struct stx *stx = stx_begin(test_pg_superuser(), arena, "a breach, rolled back", TX_WRITE);
		struct rows *rows;

		if (stx_exec(stx, &breach, NO_ARGS, NULL) != OK || stx_rows(stx, &offenders, NO_ARGS, &rows) != OK ||
		    rows_count(rows) == 0) {
			print_error("not seen: %s\n", rules[i].breach);
			blind = true;
		}
		stx_rollback(stx);
		arena_reset(arena);
	}
	arena_free(arena);
	assert_false(blind);
}

/* Every tenant table in turn, as the app role. */
static struct rows *tenant_tables(struct arena *arena)
{
	STATEMENT(tables, TABLES "SELECT relname FROM tenant ORDER BY 1");
	struct stx *stx = stx_begin(test_pg_superuser(), arena, "names of tables", TX_READ);
	struct rows *rows;

	assert_int_equal(stx_rows(stx, &tables, NO_ARGS, &rows), OK);
	assert_int_equal(stx_commit(stx), OK);
	assert_true(rows_count(rows) >= 16);
	return rows;
}

static void without_a_tenant_every_table_is_an_error(void **state)
{
	struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct scope scope = scope_of(test_tenant_create("catalogue"));
	struct rows *tables = tenant_tables(arena), *rows;

	(void)state;
	while (rows_next(tables)) {
		struct str name = rows_str(tables, 0);
		struct statement bare = {"bare", arena_printf(arena, "SELECT count(*) FROM %.*s", STR_FMT_ARG(name)).p};
		struct str scoped = arena_printf(arena, "SELECT count(*), $1::uuid FROM %.*s", STR_FMT_ARG(name));
		struct ttx *ttx;

		/* Also on a connection that a tenant has used a moment ago. */
		ttx = ttx_begin(test_pg_app(), arena, &scope, TX_READ);
		assert_int_equal(ttx_rows_text(ttx, "scoped", scoped, NO_ARGS, &rows), OK);
		assert_true(rows_next(rows));
		assert_int_equal(rows_int(rows, 0), str_is(name, "tenants"));
		assert_int_equal(ttx_commit(ttx), OK);
		if (directory_one(test_pg_app(), arena, &bare, NO_ARGS, &rows) != E_INTERNAL)
			fail_msg("%.*s answers without a tenant", STR_FMT_ARG(name));
	}
	arena_free(arena);
}

static void only_the_directory_tells_which_tenants_there_are(void **state)
{
	STATEMENT(find, "SELECT tenant_id FROM tenant_directory WHERE slug = $1");
	STATEMENT(drafts, "SELECT count(*) FROM signup_drafts");
	STATEMENT(operators, "SELECT count(*) FROM operator_keys");
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct uuid id = test_tenant_create("catalogue");
	struct rows *rows;

	(void)state;
	assert_int_equal(directory_one(test_pg_app(), arena, &find, ARGS(arg_text(test_tenant_slug(id))), &rows), OK);
	assert_true(uuid_equal(rows_uuid(rows, 0), id));
	assert_int_equal(directory_one(test_pg_app(), arena, &find, ARGS(arg_text("nobody-is-called-so")), &rows),
			 E_NOTFOUND);
	assert_int_equal(directory_one(test_pg_app(), arena, &drafts, NO_ARGS, &rows), E_INTERNAL);
	assert_int_equal(directory_one(test_pg_app(), arena, &operators, NO_ARGS, &rows), E_INTERNAL);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_offends_a_rule),
		cmocka_unit_test(each_rule_sees_a_breach),
		cmocka_unit_test(without_a_tenant_every_table_is_an_error),
		cmocka_unit_test(only_the_directory_tells_which_tenants_there_are),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	test_database_close();
	return failed;
}
