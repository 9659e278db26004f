/* Imports: what a file becomes, that it becomes so once, and how it is taken back. */
#include "tests/db/import_fixture.h"

#include "lib/entity/trash.h"

static void columns_are_guessed_from_their_headings(void **state)
{
	static const struct {
		const char *entity, *headings, *targets;
	} cases[] = {
		{"leads",
		 "First Name,Last Name,E-mail Address,Mobile Phone,Company Name,Zip Code,Lead Source,Favourite Colour",
		 "name.first,name.last,email,phone,company,zip,source,"},
		{"leads", "name,EMAIL,Phone,Phone 2,Value,value_cents", "name,email,phone,,value_cents,"},
		{"contacts", "Customer;Tel;Street;Town", "name,phone,address,city"},
		{"properties", "Service Address,City,State,ZIP", "address,city,state,zip"},
		{"equipment", "Equipment Type,Make,Model No.,Serial #,Install Date,Warranty Expiration",
		 "type,brand,model,serial,installed_on,warranty_ends_on"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct import *import =
			read_import(uploaded(cases[i].entity, arena_printf(arena, "%s\nx\n", cases[i].headings).p));
		struct buffer targets = BUFFER_IN(arena);

		for (size_t c = 0; c < import->column_count; c++)
			buffer_printf(&targets, "%s%.*s", c ? "," : "", STR_FMT_ARG(import->columns[c].target));
		assert_str(buffer_str(&targets), cases[i].targets);
	}
}

static const char people[] =
	"First Name,Last Name,Email,Phone,Status,Value,SMS consent,Tags,Next step on\r\n"
	"Ann,Lee,ann@example.com,(512) 555-0123,New,\"$1,250.50\",Yes,VIP; Old,11/23/2026 2:05 PM\r\n"
	"Bea,,BEA@example.com,,contacted,,no,,\r\n"
	"Cleo,Roe,,512-555-0177,,,,,\r\n"
	"Dee,,,,,,,,\r\n"
	",,nobody@example.com,,,,,,\r\n"
	"Eve,,eve@example,,sleeping,12.345,,,\r\n";

static void rows_become_records_and_problems_are_kept_with_their_reasons(void **state)
{
	struct import *import = taken("leads", people);

	(void)state;
	assert_string_equal(counts_of(import), "6 rows: 4 created, 0 updated, 0 unchanged, 2 failed, 0 held");
	assert_str(import->state, "done");
	assert_string_equal(value_of("name", "leads", "true"), "Ann Lee / Bea / Cleo Roe / Dee");
	assert_string_equal(
		value_of("concat_ws(' ', email, phone_e164, status, value_cents, sms_consent, next_step_at AT "
			 "TIME ZONE 'UTC')",
			 "leads", "name = 'Ann Lee'"),
		"ann@example.com +15125550123 new 125050 t 2026-11-23 19:05:00");
	assert_str(
		test_sql_value("SELECT string_agg(t.name, ',' ORDER BY t.name) FROM lead_tags j JOIN tags t ON t.id = "
			       "j.tag_id WHERE j.tenant_id = '%s'",
			       id_of(shop.tenant)),
		"Old,VIP");
	assert_string_equal(
		value_of("number || ': ' || replace(reasons, E'\\n', ' | ')", "import_rows", "outcome = 'failed'"),
		"6: Name is required. / 7: Enter an e-mail address like name@example.com. | Status must be one of: "
		"new, contacted, qualified, won, lost. | Use at most two digits after the point.");
}

static void the_same_file_again_changes_nothing(void **state)
{
	struct import *again;
	const char *before, *after;

	(void)state;
	taken("leads", people);
	before = value_of("id || name || version || updated_at", "leads", "true");
	again = taken("leads", people);
	after = value_of("id || name || version || updated_at", "leads", "true");
	assert_string_equal(counts_of(again), "6 rows: 0 created, 0 updated, 4 unchanged, 2 failed, 0 held");
	assert_string_equal(before, after);
}

static void a_cell_too_many_is_a_problem_of_the_row(void **state)
{
	struct import *import = taken("leads", "name,address,city,email\nAnn,12 Oak St, Apt 3,Austin,ann@example.com\n"
					       "Bea,\"12 Oak St, Apt 3\",Austin,bea@example.com,,\nCleo,,,, ,\n");
	struct ttx *tx = begin(&shop, TX_READ);
	struct buffer out = BUFFER_IN(arena);
	int64_t after = 0;

	(void)state;
	assert_string_equal(counts_of(import), "3 rows: 2 created, 0 updated, 0 unchanged, 1 failed, 0 held");
	assert_string_equal(value_of("name", "leads", "true"), "Bea / Cleo");
	assert_int_equal(import_failed_rows(tx, import, &after, &out), OK);
	commit(tx);
	assert_non_null(strstr(out.bytes, "\r\nAnn,12 Oak St,Apt 3,Austin,2,"));
	assert_non_null(strstr(out.bytes, ",ann@example.com\r\n"));
}

#define DATED                                                                                                          \
	"Name,Email,Created,Urgency\nAnn,ann@example.com,11/23/2019 2:05 PM,emergency\nBea,bea@example.com,,\n"        \
	"Cleo,cleo@example.com,2031-01-01,\nDee,dee@example.com,12/31/1989,\nEve,eve@example.com,once upon a time,\n"

static void new_rows_are_as_old_as_the_file_says(void **state)
{
	struct import *import = taken("leads", DATED);

	(void)state;
	assert_string_equal(counts_of(import), "5 rows: 2 created, 0 updated, 0 unchanged, 3 failed, 0 held");
	assert_string_equal(value_of("(created_at AT TIME ZONE 'UTC')::text", "leads", "name = 'Ann'"),
			    "2019-11-23 19:05:00");
	assert_string_equal(
		value_of("name", "leads",
			 "updated_at > now() - interval '1 hour' AND stage_since > now() - interval '1 hour'"),
		"Ann / Bea");
	assert_string_equal(value_of("name", "leads", "created_at > now() - interval '1 hour'"), "Bea");
	assert_string_equal(value_of("number || ' ' || reasons", "import_rows", "outcome = 'failed'"),
			    "4 Created must lie between 1990 and now. / 5 Created must lie between 1990 and now. / "
			    "6 Enter a time like 2026-11-23T07:32:00Z.");
	/* The history tells when it was brought, not when it was made elsewhere. */
	assert_string_equal(
		number_of("count(*)",
			  "record_changes x WHERE kind = 'created' AND changed_at < now() - interval '1 hour'"),
		"0");
	import = taken("leads", DATED);
	assert_string_equal(counts_of(import), "5 rows: 0 created, 0 updated, 2 unchanged, 3 failed, 0 held");
}

static void only_new_enquiries_wait_for_an_answer(void **state)
{
	struct uuid id;

	(void)state;
	taken("leads", DATED);
	assert_string_equal(number_of("count(response_due_at)", "leads x WHERE true"), "0");
	id = uploaded("leads", "Name,Email,Created,Urgency\nFay,fay@example.com,11/23/2019 2:05 PM,emergency\n"
			       "Gus,gus@example.com,,emergency\n");
	as_new_enquiries(id);
	start(id, NULL, 0, NULL, NULL);
	finish(id, 10);
	assert_string_equal(value_of("(response_due_at - created_at)::text", "leads", "response_due_at IS NOT NULL"),
			    "00:05:00 / 00:05:00");
	/* Not remembered with the headings, and nothing for others than leads. */
	assert_false(read_import(uploaded("leads", DATED))->options.new_enquiries);
	id = uploaded("contacts", "Name\nAnn\n");
	as_new_enquiries(id);
	{
		struct errors *errors = errors_new(arena);
		struct ttx *tx = begin(&shop, TX_READ);
		struct import *import;

		assert_int_equal(import_get(tx, id, false, &import), OK);
		assert_false(import_check(tx, import, errors));
		assert_string_equal(code_at(errors, "new_enquiries"), "not_allowed");
		commit(tx);
	}
}

static void defaults_fill_new_rows_and_tags_go_on_all(void **state)
{
	struct uuid id;

	(void)state;
	stored(&shop, "{\"name\": \"Ann\", \"email\": \"ann@example.com\", \"source\": \"phone\"}");
	id = uploaded("leads",
		      "name,email,source\nAnn,ann@example.com,\nBea,bea@example.com,\nCleo,cleo@example.com,web\n");
	start(id, "email", IMPORT_BOTH, "Fair 2026", "list");
	finish(id, 100);
	assert_string_equal(counts_of(read_import(id)), "3 rows: 2 created, 1 updated, 0 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name || ' ' || source", "leads", "true"), "Ann phone / Bea list / Cleo web");
	assert_string_equal(number_of("count(*)", "lead_tags x WHERE true"), "3");
	id = uploaded("leads",
		      "name,email,source\nAnn,ann@example.com,\nBea,bea@example.com,\nCleo,cleo@example.com,web\n");
	/* The headings are known: so is what was chosen for them. */
	assert_str(read_import(id)->options.tags, "Fair 2026");
	start(id, NULL, 0, NULL, NULL);
	finish(id, 100);
	assert_string_equal(counts_of(read_import(id)), "3 rows: 0 created, 0 updated, 3 unchanged, 0 failed, 0 held");
}

static void everything_can_be_taken_back(void **state)
{
	const char *before, *after;
	struct import *import;
	struct uuid id;

	(void)state;
	stored(&shop, "{\"name\": \"Ann\", \"email\": \"ann@example.com\", \"city\": \"Austin\", \"notes\": \"x\"}");
	stored(&shop, "{\"name\": \"Old\", \"email\": \"old@example.com\", \"phone\": \"512-555-0100\"}");
	before = value_of("concat_ws('|', name, email, phone, phone_e164, city, score, score_reasons, search_text)",
			  "leads", "deleted_at IS NULL");
	id = uploaded("leads", "name,email,city,phone\nAnna,ann@example.com,Waco,512-555-0111\n"
			       "Bea,bea@example.com,,\nAnnabel,ann@example.com,Waco,\nOld,old@example.com,Hays,\n"
			       "Bea,bea@example.com,Kyle,\n");
	start(id, "email", IMPORT_BOTH, "Fair", NULL);
	finish(id, 2);
	assert_string_equal(counts_of(read_import(id)), "5 rows: 1 created, 4 updated, 0 unchanged, 0 failed, 0 held");
	undo(id, 2);
	import = read_import(id);
	assert_str(import->state, "undone");
	assert_int_equal(import->counts.undone, 5);
	assert_int_equal(import->counts.left, 0);
	after = value_of("concat_ws('|', name, email, phone, phone_e164, city, score, score_reasons, search_text)",
			 "leads", "deleted_at IS NULL");
	assert_string_equal(before, after);
	assert_string_equal(value_of("name", "leads", "deleted_at IS NOT NULL"), "Bea");
	assert_string_equal(
		number_of("count(*)",
			  "lead_tags x JOIN leads l USING (tenant_id) WHERE l.id = x.row_id AND l.deleted_at IS NULL"),
		"0");
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(shop.tenant)),
		   "2");
}

/* Begun anew, it takes back what is left and counts what was taken back before. */
static void an_undo_that_was_given_up_is_done_again(void **state)
{
	struct import *import;
	struct ttx *tx;
	struct uuid id;
	bool more;

	(void)state;
	id = uploaded("leads", "name,email\nAnn,ann@example.com\nBea,bea@example.com\nCid,cid@example.com\n"
			       "Dan,dan@example.com\nEve,eve@example.com\n");
	start(id, "email", IMPORT_BOTH, NULL, NULL);
	finish(id, 10);
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_undo(tx, import), OK);
	assert_int_equal(import_step(tx, id, 2, &more), OK);
	assert_true(more);
	assert_int_equal(import_give_up(tx, id), OK);
	commit(tx);
	import = read_import(id);
	assert_str(import->state, "broken");
	assert_true(str_starts(import->complaint, STR("Undoing could not go on")));
	undo(id, 2);
	import = read_import(id);
	assert_str(import->state, "undone");
	assert_true(str_absent(import->complaint));
	assert_int_equal(import->counts.undone, 5);
	assert_int_equal(import->counts.left, 0);
	assert_string_equal(number_of("count(*)", "leads x WHERE x.deleted_at IS NULL"), "0");
}

/* The tables of the company that hold the word anywhere. */
static struct str tables_with(const char *word)
{
	struct str names = arena_copy(arena, test_sql_value("SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM "
							    "pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND "
							    "a.attname = 'tenant_id' WHERE c.relkind = 'r' AND "
							    "c.relnamespace = 'public'::regnamespace"));
	struct buffer found = BUFFER_IN(arena);

	while (!str_absent(names)) {
		struct str name = str_split(&names, ' ');

		if (!str_is(test_sql_value("SELECT count(*) FROM %.*s x WHERE tenant_id = '%s' AND x::text ILIKE "
					   "'%%%s%%'",
					   STR_FMT_ARG(name), id_of(shop.tenant), word),
			    "0"))
			buffer_printf(&found, "%.*s ", STR_FMT_ARG(name));
	}
	return buffer_str(&found);
}

/* What an import has changed, and what it would give back, goes with the record; the file itself goes after its time. */
static void what_is_erased_is_nowhere(void **state)
{
	struct ttx *tx;
	struct uuid id;

	(void)state;
	stored(&shop, "{\"name\": \"Zebedee\", \"email\": \"zeb@example.com\", \"notes\": \"zebedee's attic\"}");
	id = uploaded("leads", "name,email,notes\nZebulon,zeb@example.com,mended\n");
	start(id, "email", IMPORT_BOTH, NULL, NULL);
	finish(id, 2);
	assert_str(tables_with("zebedee"), "import_rows record_changes ");
	tx = writing();
	assert_int_equal(trash_erase(tx, &lead_entity,
				     arena_printf(arena, "{%s}", value_of("id::text", "leads", "name = 'Zebulon'"))),
			 OK);
	commit(tx);
	assert_str(tables_with("zebedee"), "");
	assert_str(tables_with("zebulon"), "");
	/* There is nothing to give back any more, and that is no error. */
	undo(id, 2);
	assert_str(read_import(id)->state, "undone");
	assert_int_equal(read_import(id)->counts.left, 1);
}

static void what_was_changed_since_is_left(void **state)
{
	struct import *import = taken("leads", "name,email\nAnn,ann@example.com\nBea,bea@example.com\n");

	(void)state;
	test_sql("UPDATE leads SET version = version + 1, city = 'Waco' WHERE name = 'Ann' AND tenant_id = '%s'",
		 id_of(shop.tenant));
	undo(import->id, 10);
	import = read_import(import->id);
	assert_int_equal(import->counts.undone, 1);
	assert_int_equal(import->counts.left, 1);
	assert_string_equal(value_of("name", "leads", "deleted_at IS NULL"), "Ann");
	/* Undone rows are not known any more: the file can be brought again. */
	import = taken("leads", "name,email\nAnn,ann@example.com\nBea,bea@example.com\n");
	assert_string_equal(counts_of(import), "2 rows: 1 created, 0 updated, 1 unchanged, 0 failed, 0 held");
}

static void a_preview_shows_problems_and_writes_nothing(void **state)
{
	struct uuid id = uploaded("leads", people);
	struct import *import;
	struct import_sight *sights;
	struct ttx *tx;
	size_t count;

	(void)state;
	stored(&shop, "{\"name\": \"Bea\", \"email\": \"bea@example.com\"}");
	tx = begin(&shop, TX_READ);
	assert_int_equal(import_get(tx, id, false, &import), OK);
	assert_int_equal(import_preview(tx, import, &sights, &count), OK);
	commit(tx);
	assert_int_equal(count, 6);
	assert_string_equal(sights[0].outcome, "create");
	assert_string_equal(sights[1].outcome, "update");
	assert_string_equal(sights[4].outcome, "fail");
	assert_string_equal(code_at(sights[4].errors, "name"), "required");
	assert_string_equal(code_at(sights[5].errors, "status"), "not_a_choice");
	assert_int_equal(sights[5].number, 7);
	assert_string_equal(value_of("name", "leads", "true"), "Bea");
}

static void failed_rows_come_back_as_a_table(void **state)
{
	struct import *import = taken("leads", "Name,Notes,Email\nAnn,\"a, b\",bad\nBea,=1+1,\nCleo,=2+2,worse\n");
	struct ttx *tx = begin(&shop, TX_READ);
	struct buffer out = BUFFER_IN(arena);
	int64_t after = 0;

	(void)state;
	assert_int_equal(import_failed_rows(tx, import, &after, &out), OK);
	commit(tx);
	assert_int_equal(after, -1);
	assert_non_null(strstr(out.bytes, "Name,Notes,Email,Row,Reason\r\nAnn,\"a, b\",bad,2,"));
	assert_non_null(strstr(out.bytes, "\r\nCleo,\"'=2+2\",worse,4,"));
	assert_null(strstr(out.bytes, "Bea"));
}

static void bad_choices_are_refused_before_anything_begins(void **state)
{
	struct uuid id = uploaded("leads", "name,email\nAnn,a@example.com\n");
	struct errors *errors = errors_new(arena);
	struct ttx *tx = begin(&shop, TX_READ);
	struct import *import;

	(void)state;
	assert_int_equal(import_get(tx, id, false, &import), OK);
	import->columns[0].target = STR("email");
	import->columns[1].target = STR("search_text");
	import->options.mode = IMPORT_UPDATE;
	import->options.key = NULL;
	value_put_text(import->options.defaults, "score", "a lot");
	assert_false(import_check(tx, import, errors));
	commit(tx);
	assert_string_equal(code_at(errors, "column.1"), "not_a_choice");
	assert_string_equal(code_at(errors, "match"), "required");
	assert_string_equal(code_at(errors, "score"), "not_an_integer");
}

static void what_is_no_table_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {{"", 0}, {"PK\x03\x04 workbook", 13}, {"a\0b", 3}};
	struct errors *errors;
	struct uuid id;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct import_upload upload = {&lead_entity, STR("x"), {cases[i].bytes, cases[i].length}, STR("UTC")};
		struct ttx *tx = writing();

		errors = errors_new(arena);
		assert_int_equal(import_create(tx, &upload, errors, &id), E_INVALID);
		assert_string_equal(code_at(errors, "file"), "not_readable");
		ttx_rollback(tx);
	}
}

static void a_file_that_breaks_off_keeps_what_was_taken(void **state)
{
	struct buffer text = BUFFER_IN(arena);
	struct import *import;

	(void)state;
	BUFFER_LITERAL(&text, "name,email\nAnn,ann@example.com\nBea,\"");
	for (int i = 0; i < 1100000; i++)
		buffer_add_char(&text, 'x');
	import = taken("contacts", text.bytes);
	assert_str(import->state, "broken");
	assert_non_null(strstr(arena_c_string(arena, import->complaint), "longer than 1 MiB"));
	assert_string_equal(value_of("name", "contacts", "true"), "Ann");
}

static void another_companys_import_is_not_there(void **state)
{
	struct uuid id = uploaded("leads", people);
	struct ttx *tx = begin(&theirs, TX_WRITE);
	struct import *import, **list;
	size_t count;
	bool more;

	(void)state;
	assert_int_equal(import_get(tx, id, false, &import), E_NOTFOUND);
	assert_int_equal(import_step(tx, id, 10, &more), E_NOTFOUND);
	ttx_rollback(tx);
	tx = begin(&theirs, TX_READ);
	assert_int_equal(import_list(tx, &(struct history_place){0}, 10, &list, &count), OK);
	assert_int_equal(count, 0);
	commit(tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOP_TEST(columns_are_guessed_from_their_headings),
		SHOP_TEST(rows_become_records_and_problems_are_kept_with_their_reasons),
		SHOP_TEST(the_same_file_again_changes_nothing),
		SHOP_TEST(a_cell_too_many_is_a_problem_of_the_row),
		SHOP_TEST(new_rows_are_as_old_as_the_file_says),
		SHOP_TEST(only_new_enquiries_wait_for_an_answer),
		SHOP_TEST(defaults_fill_new_rows_and_tags_go_on_all),
		SHOP_TEST(everything_can_be_taken_back),
		SHOP_TEST(an_undo_that_was_given_up_is_done_again),
		SHOP_TEST(what_is_erased_is_nowhere),
		SHOP_TEST(what_was_changed_since_is_left),
		SHOP_TEST(a_preview_shows_problems_and_writes_nothing),
		SHOP_TEST(failed_rows_come_back_as_a_table),
		SHOP_TEST(bad_choices_are_refused_before_anything_begins),
		SHOP_TEST(what_is_no_table_is_refused),
		SHOP_TEST(a_file_that_breaks_off_keeps_what_was_taken),
		SHOP_TEST(another_companys_import_is_not_there),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
