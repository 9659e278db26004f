/* Archives: nothing that is not whole, ours and fitting changes a row. */
#include "tests/db/archive_fixture.h"

/* ---- what is no archive ---- */

static void a_changed_byte_is_seen(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct items items = unpacked(shop_archive);
	struct item *leads = item_of(&items, "tables/leads.jsonl");

	(void)state;
	leads->bytes = replaced(leads->bytes, "\"sms_consent\":false", "\"sms_consent\":true ");
	REFUSED(copy, packed(&items), E_MALFORMED, "tables/leads.jsonl was changed or damaged");
}

static void a_file_that_is_cut_off_is_seen_wherever_it_is_cut(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct str plain = exported(shop, false);

	(void)state;
	for (size_t part = 0; part < 16; part++) {
		assert_int_equal(imported(copy, (struct str){shop_archive.p, shop_archive.n * part / 16}), E_MALFORMED);
		assert_int_equal(imported(copy, (struct str){plain.p, plain.n * part / 16}), E_MALFORMED);
	}
	/* Without its last bytes of the compressed form too: its own checksum stands there. */
	assert_int_equal(imported(copy, (struct str){shop_archive.p, shop_archive.n - 5}), E_MALFORMED);
	assert_int_equal(imported(copy, STR("PK\003\004 not ours")), E_MALFORMED);
	assert_untouched(copy);
}

static void members_are_those_of_the_format_or_nothing_is_written(void **state)
{
	static const struct {
		const char *name, *sentence;
	} cases[] = {
		{"../../../etc/passwd", "does not know"},
		{"/etc/passwd", "does not know"},
		{"tables/../leads.jsonl", "does not know"},
		{"tables/tenant_sessions.jsonl", "does not know"},
		{"tables/tenant_api_keys.jsonl", "does not know"},
		{"tables/pg_authid.jsonl", "does not know"},
		{"files/../../x", "does not know"},
		{"tables/leads.jsonl", "twice"},
		{"readme\x1b[2J", "does not know"},
		{"files/01900000-0000-7000-8000-00000000c001", "does not name"},
	};
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct items items = unpacked(shop_archive);

		items.list[items.count] = items.list[items.count - 1];
		items.list[items.count - 1] = (struct item){str_from(cases[i].name), STR("{}\n")};
		items.count++;
		assert_int_not_equal(imported(copy, packed(&items)), OK);
		if (!strstr(why_not, cases[i].sentence) || strchr(why_not, '\x1b'))
			fail_msg("%s: %s", cases[i].name, why_not);
	}
	assert_untouched(copy);
}

static void the_manifest_is_the_last_and_only_one(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct items items = unpacked(shop_archive);

	(void)state;
	items.count--;
	REFUSED(copy, packed(&items), E_MALFORMED, "no manifest");
	items.count++;
	items.list[items.count++] = (struct item){STR("tables/notes.jsonl"), STR("")};
	REFUSED(copy, packed(&items), E_MALFORMED, "goes on behind");
	items = unpacked(shop_archive);
	items.list[0] = items.list[items.count - 2];
	items.list[items.count - 2] = items.list[items.count - 1];
	items.count--;
	REFUSED(copy, packed(&items), E_MALFORMED, "does not name");
}

static void versions_that_are_not_known_are_refused(void **state)
{
	static const struct {
		const char *what, *by, *sentence;
		enum err err;
	} cases[] = {
		{"\"schema_version\": ", "\"schema_version\": 9", "newer version", E_INVALID},
		{"\"schema_version\": ", "\"schema_version\": -", "newer version", E_INVALID},
		{"\"format\": 1", "\"format\": 2", "of format 2", E_INVALID},
		{"\"demand-engine\"", "\"another\"", "cannot be read", E_MALFORMED},
		{"\"members\": [", "\"members\": [[", "cannot be read", E_MALFORMED},
		{"\"score_reasons\"", "\"column_to_come\"", "which this version does not know", E_INVALID},
		{"\"email_norm\"", "\"password_hash\"", "which this version does not know", E_INVALID},
		{"\"email_norm\"", "\"tenant_id\"", "which this version does not know", E_INVALID},
		{"\"score_reasons\"", "\"score\"", "twice", E_MALFORMED},
	};
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct items items = unpacked(shop_archive);
		struct item *manifest = item_of(&items, MANIFEST_NAME);

		manifest->bytes = replaced(manifest->bytes, cases[i].what, cases[i].by);
		REFUSED(copy, packed(&items), cases[i].err, cases[i].sentence);
	}
}

static void rows_that_do_not_fit_change_nothing(void **state)
{
	static const struct {
		const char *table, *what, *by, *sentence;
	} cases[] = {
		{"leads", "\"score\":", "\"tenant_id\":\"x\",\"score\":", "has tenant_id"},
		{"leads", "\"id\":\"", "\"id\":\"x", "refuses one of the rows"},
		{"leads", "\"status\":\"", "\"status\":\"x", "refuses one of the rows"},
		{"leads", "\"stage_id\":\"0", "\"stage_id\":\"f", "leads_tenant_id_stage_id_fkey"},
		{"leads", "\"name\":\"", "\"name\":\"\\u0000", "no JSON object"},
		{"leads", "{", "", "no JSON object"},
		{"notes", "{", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{", "no JSON object"},
		{"tenant_users", "\"email_norm\":\"", "\"email_norm\":\"other", "normal form"},
		{"tenant_files", "image/png", "text/html", "no PNG"},
		{"tenant_files", "\"id\":\"0", "\"id\":\"f", "no file"},
		{"tenants", "\"industry\":\"hvac\"", "\"industry\":\"spa\"", "tenants_industry_check"},
	};
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct items items = unpacked(shop_archive);
		const char *name = arena_printf(arena, TABLES_FOLDER "%s" TABLES_SUFFIX, cases[i].table).p;

		forge(&items, name, replaced(item_of(&items, name)->bytes, cases[i].what, cases[i].by), 0);
		assert_int_not_equal(imported(copy, packed(&items)), OK);
		if (!strstr(why_not, cases[i].sentence))
			fail_msg("%s %s: %s", cases[i].table, cases[i].by, why_not);
		assert_untouched(copy);
	}
}

/* Sound to the last checksum, and of nobody. */
static void an_archive_of_no_company_is_refused(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct items items = {.list = {{STR(MANIFEST_NAME), STR("{\"product\": \"demand-engine\", \"format\": 1, "
								"\"schema_version\": 9, \"members\": []}")}},
			      .count = 1};

	(void)state;
	REFUSED(copy, packed(&items), E_MALFORMED, "one row of tenants");
}

static void rows_are_counted(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct items items = unpacked(shop_archive);
	struct str tags = item_of(&items, "tables/tags.jsonl")->bytes;

	(void)state;
	forge(&items, "tables/tags.jsonl", tags, 1);
	REFUSED(copy, packed(&items), E_MALFORMED, "its manifest says");
	forge(&items, "tables/tags.jsonl", (struct str){tags.p, tags.n - 1}, -1);
	REFUSED(copy, packed(&items), E_MALFORMED, "has no end");
}

/* Older versions lacked what was added since: such an archive is written back, with what a new row has by itself. */
static void an_older_archive_is_taken(void **state)
{
	struct tenant_made made;
	const struct tenant *copy = fresh(&made);
	struct items items = unpacked(shop_archive);
	struct str leads = item_of(&items, "tables/leads.jsonl")->bytes;
	struct item *manifest;

	(void)state;
	while (memmem(leads.p, leads.n, "\"cost_cents\":\"0\",", strlen("\"cost_cents\":\"0\",")))
		leads = replaced(leads, "\"cost_cents\":\"0\",", "");
	forge(&items, "tables/leads.jsonl", leads, 0);
	manifest = item_of(&items, MANIFEST_NAME);
	manifest->bytes = replaced(manifest->bytes, "\"cost_cents\",", "");
	assert_int_equal(imported(copy, packed(&items)), OK);
	assert_true(str_is(
		test_sql_value("SELECT bool_and(cost_cents = 0) FROM leads WHERE tenant_id = '%s'", id_text(copy)),
		"t"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_is_seen),
		cmocka_unit_test(a_file_that_is_cut_off_is_seen_wherever_it_is_cut),
		cmocka_unit_test(members_are_those_of_the_format_or_nothing_is_written),
		cmocka_unit_test(the_manifest_is_the_last_and_only_one),
		cmocka_unit_test(versions_that_are_not_known_are_refused),
		cmocka_unit_test(rows_that_do_not_fit_change_nothing),
		cmocka_unit_test(an_archive_of_no_company_is_refused),
		cmocka_unit_test(rows_are_counted),
		cmocka_unit_test(an_older_archive_is_taken),
	};

	return cmocka_run_group_tests(tests, archive_start, archive_stop);
}
