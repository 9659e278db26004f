/* Archives: a company leaves whole and arrives whole. */
#include "tests/db/archive_fixture.h"

#include "lib/tenant/password.h"
#include "lib/tenant/session.h"
#include "lib/text/json.h"

#define PASSWORD "four-brass-valves-hum"

/* ---- what goes along ---- */

#define TENANT_TABLES                                                                                                  \
	"SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = "           \
	"'tenant_id' AND NOT a.attisdropped WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', "     \
	"'p') "                                                                                                        \
	"AND c.relrowsecurity"

static bool omitted(struct str table, struct str column)
{
	for (size_t i = 0; i < archive_omission_count; i++)
		if (str_is(table, archive_omissions[i].table) &&
		    (!archive_omissions[i].column || str_is(column, archive_omissions[i].column)))
			return true;
	return false;
}

static bool in_manifest(const struct value *manifest, struct str table, struct str column)
{
	const struct value *members = value_get(manifest, STR("members"));
	struct str name = arena_printf(arena, TABLES_FOLDER "%.*s" TABLES_SUFFIX, STR_FMT_ARG(table));

	for (size_t i = 0; i < value_count(members); i++) {
		const struct value *columns = value_get(value_at(members, i), STR("columns"));

		if (!str_equal(value_as_str(value_get(value_at(members, i), STR("name"))), name))
			continue;
		for (size_t c = 0; c < value_count(columns); c++)
			if (str_equal(value_as_str(value_at(columns, c)), column))
				return true;
	}
	return false;
}

static struct value *manifest_of(struct str bytes)
{
	static const struct json_limits limits = {4 << 20, 8, 100000};
	struct items items = unpacked(bytes);
	struct value *manifest;
	struct str why;

	assert_string_equal(items.list[items.count - 1].name.p, MANIFEST_NAME);
	assert_int_equal(json_parse(arena, items.list[items.count - 1].bytes, &limits, &manifest, &why), OK);
	return manifest;
}

static void every_column_of_every_table_is_exported_or_declared(void **state)
{
	struct str list = arena_copy(
		arena,
		test_sql_value("SELECT string_agg(t.relname || '.' || a.attname, ' ') FROM (" TENANT_TABLES
			       ") t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
			       "AND a.attgenerated = '' AND a.attname <> 'tenant_id'"));
	const struct value *manifest = manifest_of(shop_archive);
	size_t seen = 0, missing = 0;

	(void)state;
	while (!str_absent(list)) {
		struct str column = str_split(&list, ' '), table = str_split(&column, '.');
		bool file = str_is(table, "tenant_files") && str_is(column, "bytes");

		seen++;
		if (!file && in_manifest(manifest, table, column) == omitted(table, column)) {
			print_error("%.*s.%.*s is neither exported nor declared, or both\n", STR_FMT_ARG(table),
				    STR_FMT_ARG(column));
			missing++;
		}
	}
	assert_true(seen > 300);
	assert_int_equal(missing, 0);
}

static void what_is_declared_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < archive_omission_count; i++) {
		const struct archive_omission *omission = &archive_omissions[i];

		if (str_is(test_sql_value("SELECT count(*) FROM information_schema.columns WHERE table_name = '%s' AND "
					  "column_name = '%s'",
					  omission->table, omission->column ? omission->column : "tenant_id"),
			   "0"))
			fail_msg("%s.%s is left out, and is not there", omission->table,
				 omission->column ? omission->column : "*");
		assert_true(strlen(omission->reason) >= 5);
	}
}

/* With rows for none, as the role that does it: rights, types and names of each are looked at all the same. */
static void every_table_can_be_written_back(void **state)
{
	struct tenant_made made;
	struct ttx *tx = ttx_begin(jobs, arena, fresh(&made)->scope, TX_WRITE);
	struct archive_tables tables;

	(void)state;
	assert_int_equal(archive_tables_read(tx, &tables), OK);
	for (size_t i = 0; i < tables.count; i++) {
		const struct archive_table *table = &tables.items[i];
		bool file = archive_bytes_column(table) != NULL;
		struct str *names = arena_array(arena, table->column_count, sizeof *names), late;
		struct argument arguments[] = {arg_text("[]"), arg_null()};
		struct rows *rows;
		size_t count = 0;

		for (size_t c = 0; c < table->column_count; c++)
			if (!table->columns[c].bytes)
				names[count++] = str_from(table->columns[c].name);
		if (ttx_rows_text(tx, "insert", archive_insert_sql(arena, table, names, count),
				  (struct arguments){arguments, file ? 2 : 1}, &rows) != OK)
			fail_msg("rows of %s cannot be inserted", table->name);
		late = archive_late_sql(arena, table, names, count);
		if (!str_absent(late) && ttx_rows_text(tx, "late", late, (struct arguments){arguments, 1}, &rows) != OK)
			fail_msg("rows of %s cannot be completed", table->name);
	}
	for (size_t i = tables.count; i-- > 0;) {
		struct rows *rows;

		if (tables.items[i].provisioned &&
		    ttx_rows_text(tx, "clear", archive_clear_sql(arena, &tables.items[i]), NO_ARGS, &rows) != OK)
			fail_msg("rows of %s cannot make room", tables.items[i].name);
	}
	ttx_rollback(tx);
}

static void secrets_and_the_neighbour_stay_behind(void **state)
{
	static const char *const never[] = {"secret-hash",  "of-the-neighbour", "The neighbour", "password_hash\":",
					    "left-out-key", "token_hash\":",    "key_hash\":"};
	struct str plain = exported(shop, false);

	(void)state;
	assert_non_null(memmem(plain.p, plain.n, "Owner of the shop", strlen("Owner of the shop")));
	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (memmem(plain.p, plain.n, never[i], strlen(never[i])))
			fail_msg("the archive holds %s", never[i]);
	assert_null(memmem(plain.p, plain.n, id_text(neighbour), UUID_TEXT_LENGTH));
	assert_null(memmem(plain.p, plain.n, id_text(shop), UUID_TEXT_LENGTH));
}

/* ---- the way round ---- */

static void assert_same(struct str first, struct str second, const char *but)
{
	struct items a = unpacked(first), b = unpacked(second);

	assert_int_equal(a.count, b.count);
	for (size_t i = 0; i < a.count; i++) {
		assert_true(str_equal(a.list[i].name, b.list[i].name));
		if (str_is(a.list[i].name, MANIFEST_NAME) || (but && str_is(a.list[i].name, but)))
			continue;
		if (!str_equal(a.list[i].bytes, b.list[i].bytes))
			fail_msg("%.*s differs:\n%.*s\n%.*s", STR_FMT_ARG(a.list[i].name), STR_FMT_ARG(a.list[i].bytes),
				 STR_FMT_ARG(b.list[i].bytes));
	}
}

static void an_import_compares_equal(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);

	(void)state;
	assert_int_equal(imported(copy, shop_archive), OK);
	/* The copy's own owner is one more; everything else is the same to the byte, the logo too. */
	assert_same(shop_archive, exported(copy, true), "tables/tenant_users.jsonl");
	assert_int_equal(count_of(copy, "import_rows"), 3000);
	assert_int_equal(count_of(copy, "imports"), 1);
	assert_true(count_of(copy, "leads") > 5 && count_of(copy, "record_changes") > 20);
}

static void counts_and_custom_fields_are_made_anew(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);

	(void)state;
	assert_int_equal(imported(copy, shop_archive), OK);
	assert_true(str_is(
		test_sql_value("SELECT custom_fields->0->>'name' FROM tenants WHERE tenant_id = '%s'", id_text(copy)),
		"gate_code"));
	assert_true(str_is(
		test_sql_value("SELECT current_lead_count = (SELECT count(*) FROM leads l WHERE l.tenant_id = "
			       "t.tenant_id AND l.deleted_at IS NULL) AND current_user_count = (SELECT count(*) FROM "
			       "tenant_users u WHERE "
			       "u.tenant_id = t.tenant_id AND u.is_active) FROM tenants t WHERE tenant_id = '%s'",
			       id_text(copy)),
		"t"));
	assert_true(str_is(test_sql_value("SELECT plan_tier FROM tenants WHERE tenant_id = '%s'", id_text(copy)),
			   "starter"));
	assert_true(str_is(test_sql_value("SELECT company_name FROM tenants WHERE tenant_id = '%s'", id_text(copy)),
			   "Shop & Sons"));
}

static void the_owner_who_is_here_stays_and_signs_in(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct session_origin origin = {STR("test"), STR("127.0.0.1")};
	struct session session;
	struct str hash;
	struct ttx *tx;

	(void)state;
	assert_int_equal(password_hash(arena, STR(PASSWORD), &hash), OK);
	test_sql("UPDATE tenant_users SET password_hash = '%.*s', email = 'Tech@shop.example', email_norm = "
		 "'tech@shop.example' WHERE tenant_id = '%s'",
		 STR_FMT_ARG(hash), id_text(copy));
	tx = ttx_begin(world->app, arena, copy->scope, TX_WRITE);
	assert_int_equal(log_in(tx, copy, STR("tech@shop.example"), STR(PASSWORD), &origin, &session), OK);
	assert_int_equal(ttx_commit(tx), OK);
	assert_int_equal(imported(copy, shop_archive), OK);
	assert_int_equal(count_of(copy, "tenant_users"), 2);
	assert_true(
		str_is(test_sql_value("SELECT role || ' ' || (password_hash IS NOT NULL) || ' ' || (id = (SELECT id "
				      "FROM tenant_users WHERE tenant_id = '%s' AND email_norm = "
				      "'tech@shop.example')) FROM tenant_users WHERE tenant_id = '%s' AND email_norm "
				      "= 'tech@shop.example'",
				      id_text(shop), id_text(copy)),
		       "owner true true"));
	assert_int_equal(count_of(copy, "tenant_sessions"), 1);
	tx = ttx_begin(world->app, arena, copy->scope, TX_WRITE);
	assert_int_equal(log_in(tx, copy, STR("tech@shop.example"), STR(PASSWORD), &origin, &session), OK);
	assert_int_equal(ttx_commit(tx), OK);
	/* The others came without a password: nobody signs in as them before they have set one. */
	assert_true(str_is(test_sql_value("SELECT bool_and(password_hash IS NULL) FROM tenant_users WHERE tenant_id = "
					  "'%s' AND email_norm <> 'tech@shop.example'",
					  id_text(copy)),
			   "t"));
}

static void only_an_empty_company_takes_an_archive(void **state)
{
	int64_t before = count_of(neighbour, "leads");

	(void)state;
	assert_int_equal(imported(neighbour, shop_archive), E_CONFLICT);
	assert_non_null(strstr(why_not, "only an empty one"));
	assert_int_equal(count_of(neighbour, "leads"), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_of_every_table_is_exported_or_declared),
		cmocka_unit_test(what_is_declared_is_there),
		cmocka_unit_test(every_table_can_be_written_back),
		cmocka_unit_test(secrets_and_the_neighbour_stay_behind),
		cmocka_unit_test(an_import_compares_equal),
		cmocka_unit_test(counts_and_custom_fields_are_made_anew),
		cmocka_unit_test(the_owner_who_is_here_stays_and_signs_in),
		cmocka_unit_test(only_an_empty_company_takes_an_archive),
	};

	return cmocka_run_group_tests(tests, archive_start, archive_stop);
}
