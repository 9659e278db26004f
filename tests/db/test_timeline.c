/* A timeline is read by indexes, however much there is of it, and tells what is in the tables. */
#include "tests/db/lead_fixture.h"

#include "lib/crm/contact.h"
#include "lib/crm/timeline.h"

static struct scope big;
static struct record *lead, *contact;

/* Much of everything on one lead, and as much again on others; all of the first belongs to one contact. */
static int fill(void **state)
{
	static const char *const others[] = {"activities", "notes",       "tasks",
					     "signals",    "stage_moves", "record_changes"};
	const char *tenant, *id, *stage;

	make_tenants(state);
	setup(state);
	big = scope_of(test_tenant_create("big"));
	lead = stored(&big, "{\"name\": \"Much\"}");
	tenant = id_of(scope_tenant(&big));
	id = id_of(record_id(lead));
	test_sql("INSERT INTO leads (tenant_id, id, name, contact_id) SELECT '%s', gen_random_uuid(), 'other ' || n, "
		 "NULL"
		 " FROM generate_series(1, 2000) n",
		 tenant);
	test_sql("INSERT INTO activities (tenant_id, id, lead_id, type, occurred_at) SELECT l.tenant_id, "
		 "gen_random_uuid(),"
		 " l.id, 'call', now() - n * interval '1 minute' FROM leads l, generate_series(1, 10) n"
		 " WHERE l.tenant_id = '%s'",
		 tenant);
	test_sql("INSERT INTO activities (tenant_id, id, lead_id, type, occurred_at) SELECT '%s', gen_random_uuid(), "
		 "'%s',"
		 " 'call', now() - n * interval '1 hour' FROM generate_series(1, 5000) n",
		 tenant, id);
	test_sql("INSERT INTO notes (tenant_id, id, lead_id, body, created_at) SELECT l.tenant_id, gen_random_uuid(), "
		 "l.id,"
		 " 'a note', now() - n * interval '1 day' FROM leads l, generate_series(1, 5) n WHERE l.tenant_id = "
		 "'%s'",
		 tenant);
	test_sql(
		"INSERT INTO tasks (tenant_id, id, lead_id, title, due_at) SELECT l.tenant_id, gen_random_uuid(), l.id,"
		" 'a task', now() FROM leads l, generate_series(1, 3) n WHERE l.tenant_id = '%s'",
		tenant);
	test_sql("INSERT INTO signals (tenant_id, id, lead_id, source, external_id) SELECT l.tenant_id, "
		 "gen_random_uuid(),"
		 " l.id, 'reddit', gen_random_uuid()::text FROM leads l, generate_series(1, 3) n WHERE l.tenant_id = "
		 "'%s'",
		 tenant);
	test_sql("INSERT INTO record_changes (tenant_id, id, entity, row_id, kind, version, changed_at, actor_kind,"
		 " actor_name) SELECT l.tenant_id, gen_random_uuid(), 'leads', l.id, 'changed', n, now(), 'system', 'S'"
		 " FROM leads l, generate_series(1, 10) n WHERE l.tenant_id = '%s'",
		 tenant);
	stage = arena_c_string(arena, arena_copy(arena, test_sql_value("SELECT gen_random_uuid()::text")));
	test_sql("INSERT INTO pipeline_stages (tenant_id, id, name) VALUES ('%s', '%s', 'Booked')", tenant, stage);
	test_sql("INSERT INTO stage_moves (tenant_id, id, lead_id, to_stage_id, moved_at, seconds) SELECT l.tenant_id,"
		 " gen_random_uuid(), l.id, '%s', now(), n FROM leads l, generate_series(1, 5) n WHERE l.tenant_id = "
		 "'%s'",
		 stage, tenant);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		test_sql("ANALYZE %s", others[i]);
	test_sql("ANALYZE leads");
	return 0;
}

static int drop(void **state)
{
	teardown(state);
	return close_database(state);
}

/* $1 as a literal of EXECUTE, and the rest. */
static const char *execute_text(const struct timeline_statement *statement)
{
	struct buffer text = BUFFER_IN(arena);

	buffer_printf(&text, "EXPLAIN (COSTS OFF) EXECUTE looked_at ('%s'", id_of(scope_tenant(&big)));
	for (size_t i = 0; i < statement->count; i++)
		buffer_printf(&text, ", '%.*s'", STR_FMT_ARG(statement->arguments[i].text));
	buffer_add_char(&text, ')');
	return arena_c_string(arena, buffer_str(&text));
}

static void run(struct stx *tx, const char *sql)
{
	const struct statement statement = {"plan", sql};

	assert_int_equal(stx_exec(tx, &statement, NO_ARGS, NULL), OK);
}

/* Under the role, the policy and the plan cache of the workers. */
static const char *plan_of(const struct record *row, const char *show, const char *mode)
{
	struct history_place start = {0};
	struct timeline_statement statement;
	struct statement explain = {"explain", NULL};
	struct stx *tx = stx_begin(test_pg_app(), arena, "look at a plan", TX_READ);
	struct buffer lines = BUFFER_IN(arena);
	struct rows *rows;

	timeline_statement(arena, row, arena_printf(arena, "{%s}", id_of(record_id(lead))),
			   timeline_show_find(str_from(show)), &start, &statement);
	assert_int_equal(stx_enter_tenant(tx, &big), OK);
	run(tx, arena_printf(arena, "SET LOCAL plan_cache_mode = %s", mode).p);
	run(tx, arena_printf(arena, "PREPARE looked_at AS %.*s", STR_FMT_ARG(statement.sql)).p);
	explain.sql = execute_text(&statement);
	assert_int_equal(stx_rows(tx, &explain, NO_ARGS, &rows), OK);
	while (rows_next(rows))
		buffer_printf(&lines, "%.*s\n", STR_FMT_ARG(rows_str(rows, 0)));
	run(tx, "DEALLOCATE looked_at");
	stx_rollback(tx);
	return arena_c_string(arena, buffer_str(&lines));
}

static void each_table_is_read_by_its_own_index(void **state)
{
	static const char *const tables[] = {"activities", "notes",       "tasks",
					     "signals",    "stage_moves", "record_changes"};
	static const char *const modes[] = {"force_custom_plan", "force_generic_plan"};
	const struct record *const rows[] = {lead, contact};

	(void)state;
	for (size_t r = 0; r < COUNT_OF(rows); r++)
		for (size_t m = 0; m < COUNT_OF(modes); m++) {
			const char *plan = plan_of(rows[r], "", modes[m]);

			for (size_t i = 0; i < COUNT_OF(tables); i++)
				if (strstr(plan, arena_printf(arena, "Seq Scan on %s", tables[i]).p) ||
				    !strstr(plan, tables[i]))
					fail_msg("%s is scanned, or not read:\n%s", tables[i], plan);
			/* However many calls there are, the page begins at its place in the index. */
			if (!strstr(plan, "Index Scan Backward using activities_lead"))
				fail_msg("%s", plan);
		}
}

/* However many notes there are, those that are not pinned are not read. */
static void pinned_notes_have_indexes_of_their_own(void **state)
{
	const char *plan = plan_of(contact, "pinned", "force_generic_plan");

	(void)state;
	if (!strstr(plan, "using notes_pinned_lead") || !strstr(plan, "using notes_pinned_contact"))
		fail_msg("%s", plan);
}

static void a_contact_has_the_entries_of_its_lead(void **state)
{
	struct ttx *tx = begin(&big, TX_READ);
	struct history_place place = {0};
	struct timeline_page *page;
	size_t seen = 0;

	(void)state;
	do {
		assert_int_equal(timeline_read(tx, contact, timeline_show_find(STR("calls")), &place, NULL, &page), OK);
		for (size_t i = 0; i < page->count; i++)
			assert_true(!place.at || page->entries[i].at <= place.at);
		seen += page->count;
		place = (struct history_place){page->entries[page->count - 1].at, page->entries[page->count - 1].id};
	} while (page->more && seen < 200);
	assert_int_equal(seen, 200);
	commit(tx);
}

static int make_contact(void **state)
{
	struct ttx *tx;

	fill(state);
	contact = record_new(arena, &contact_entity);
	record_set_text(contact, "name", STR("Owner"));
	record_set_text(contact, "sms_consent", STR("f"));
	tx = begin(&big, TX_WRITE);
	assert_int_equal(entity_insert(tx, contact, errors_new(arena)), OK);
	commit(tx);
	test_sql("UPDATE leads SET contact_id = '%s' WHERE id = '%s'", id_of(record_id(contact)),
		 id_of(record_id(lead)));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pinned_notes_have_indexes_of_their_own),
		cmocka_unit_test(each_table_is_read_by_its_own_index),
		cmocka_unit_test(a_contact_has_the_entries_of_its_lead),
	};

	return cmocka_run_group_tests(tests, make_contact, drop);
}
