/* A company whose rows have the same ids, keys and token hashes as another's: what the keys allow, since each begins with tenant_id. */
#include "tests/isolation/fixture.h"

/* clang-format off */

/* Made once for the connection: plans are kept. */
static const char make_functions[] =
	"DO $make$ DECLARE t record; copy text := ''; look text; BEGIN"
	/* Whether or not a policy guards it at the moment. */
	" FOR t IN SELECT c.relname, string_agg(quote_ident(a.attname), ', ') AS names,"
	"   string_agg('n.' || quote_ident(a.attname), ', ') AS new_names, bool_or(a.attname = 'created_at') AS dated,"
	"   (SELECT string_agg(format('x.%%1$I = r.%%1$I', k.attname), ' AND ') FROM pg_attribute k WHERE k.attrelid = c.oid"
	"    AND k.attnum = ANY (i.indkey) AND k.attname <> 'tenant_id') AS key"
	"  FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary JOIN pg_attribute a ON a.attrelid = c.oid"
	"   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' JOIN pg_attribute first ON first.attrelid = c.oid"
	"   AND first.attnum = i.indkey[0] AND first.attname = 'tenant_id'"
	"  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid, i.indkey LOOP"
	"  look := concat_ws(' UNION ALL ', look, format('SELECT %%L || count(*) || '' '' || coalesce(sum(hashtext(xmin::text)), 0)"
	"   FROM %%I WHERE tenant_id = twin', t.relname || ': ', t.relname));"
	"  CONTINUE WHEN t.key IS NULL;"
	/* Old, so that what sweeps old rows away would find them. */
	"  copy := copy || format('INSERT INTO %%1$I (%%2$s) SELECT %%3$s FROM (SELECT * FROM %%1$I r WHERE"
	"   r.tenant_id = original AND r.xmin::text::bigint > since AND NOT EXISTS (SELECT FROM %%1$I x WHERE x.tenant_id = twin AND %%4$s) OFFSET 0) r"
	"   CROSS JOIN LATERAL jsonb_populate_record(NULL::%%1$I, regexp_replace(to_jsonb(r)::text,"
	"   ''marker-%s-'', ''marker-%s-'', ''gi'')::jsonb || jsonb_build_object(''tenant_id'', twin)"
	"   || CASE WHEN %%5$L THEN jsonb_build_object(''created_at'', now() - interval ''60 days'') ELSE ''{}'' END) n"
	"   ON CONFLICT DO NOTHING; GET DIAGNOSTICS added = ROW_COUNT; copied := copied + added; ', t.relname, t.names, t.new_names, t.key, t.dated);"
	" END LOOP;"
	/* What was written before the last time is copied already. */
	" EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.copy_twin(twin uuid, original uuid, since bigint) RETURNS text"
	"  LANGUAGE plpgsql AS %%L', 'DECLARE added bigint; copied bigint := 0; BEGIN ' || copy ||"
	"  'RETURN copied || '' '' || txid_current(); END');"
	" EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.look_at_twin(twin uuid) RETURNS text LANGUAGE plpgsql AS %%L',"
	"  'BEGIN RETURN (SELECT string_agg(line, E''\\n'' ORDER BY line) FROM (' || look || ') lines (line)); END');"
	" END $make$";
/* clang-format on */

/*
 * What is told apart by no text of a column, and what a look-up without the company would find first: the twin's, since the original's are written once
 * more and lie behind them.
 */
static void tell_apart(const struct planted *twin, const struct planted *of)
{
	const char *own = uuid_text(web->arena, of->company.id).p;

	test_sql("UPDATE file_pieces SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'MARKER-%s-', "
		 "'MARKER-%s-'), "
		 "'UTF8') WHERE tenant_id = '%s'",
		 of->letter, twin->letter, uuid_text(web->arena, twin->company.id).p);
	test_sql("UPDATE file_pieces SET start_at = start_at WHERE tenant_id = '%s'", own);
	/* So few that they are read as they lie. */
	test_sql("ANALYZE file_pieces");
	test_sql("UPDATE import_mappings SET used_at = used_at WHERE tenant_id = '%s'", own);
}

bool planted_twin(struct planted *twin, const char *letter, const struct planted *of)
{
	static int64_t since;
	struct str answer, copied;
	bool first = !twin->letter;

	if (first) {
		twin->letter = letter;
		twin->company.id = test_tenant_create("iso-twin");
		twin->company.slug = str_from(test_tenant_slug(twin->company.id));
		/* Without foreign keys the order does not matter. For good: to set it forgets all plans. */
		test_sql("SET session_replication_role = replica");
		test_sql(make_functions, of->letter, letter);
	}
	answer = test_sql_value("SELECT pg_temp.copy_twin('%s', '%s', %lld)", uuid_text(web->arena, twin->company.id).p,
				uuid_text(web->arena, of->company.id).p, (long long)since);
	copied = str_split(&answer, ' ');
	assert_true(str_to_int64(answer, &since));
	if (first)
		tell_apart(twin, of);
	return !str_is(copied, "0");
}

struct str planted_versions(const struct planted *twin)
{
	return arena_copy(web->arena, test_sql_value("SELECT pg_temp.look_at_twin('%s')",
						     uuid_text(web->arena, twin->company.id).p));
}
