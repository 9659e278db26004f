/* Lists: each row once and in order, search, filters, cursors, and plans that use an index. */
#include "tests/db/lead_fixture.h"

#include <stdlib.h>

#include "lib/entity/entity_internal.h"

static struct scope crowd; /* 137 rows with many ties */
static struct scope big;   /* 20,000 rows, for plans */

#define CROWD 137

/* Rows straight into the table: what is tested is reading them. */
static void fill(const struct scope *scope, int count)
{
	char tenant[UUID_TEXT_LENGTH + 1];

	uuid_print(scope->tenant, tenant);
	test_sql("INSERT INTO leads (tenant_id, id, name, phone, status, tier, score, value_cents, search_text, "
		 "created_at, updated_at)"
		 " SELECT '%s', gen_random_uuid(), 'Lead ' || n %% 40, '512-555-' || lpad(n::text, 5, '0'),"
		 " (ARRAY['new', 'contacted', 'qualified', 'won', 'lost'])[1 + n %% 5], (ARRAY['hot', 'warm', "
		 "'cold'])[1 + n %% 3], n %% 7, n %% 11 * 100,"
		 " 'lead ' || md5(n::text) || E'\\n512555' || lpad(n::text, 5, '0'),"
		 " timestamptz '2026-01-01 00:00:00Z' + (n / 3) * interval '1 microsecond',"
		 " timestamptz '2026-01-01 00:00:00Z' + (n %% 13) * interval '1 day'"
		 " FROM generate_series(1, %d) AS n",
		 tenant, count);
}

static int fill_tenants(void **state)
{
	if (make_tenants(state))
		return -1;
	crowd = scope_of(test_tenant_create("crowd"));
	big = scope_of(test_tenant_create("big"));
	fill(&crowd, CROWD);
	fill(&big, 20000);
	for (int i = 0; i < 8; i++) {
		const struct scope other = scope_of(test_tenant_create("other"));

		fill(&other, 1000);
	}
	/* As autovacuum leaves a table: with statistics, and nothing pending in the search index. */
	test_sql("ANALYZE leads");
	test_sql("SELECT gin_clean_pending_list('leads_search')");
	return 0;
}

/* ---- paging ---- */

/* Walks all pages; the ids in the order they came. */
static struct uuid *walk(const struct scope *scope, const char *text, size_t most, size_t *count)
{
	struct uuid *ids = arena_array(arena, most + 1, sizeof *ids);
	struct list_query query = query_of(text);
	struct list_result page;

	*count = 0;
	do {
		page = listed(scope, &query);
		assert_true(page.count <= (size_t)query.limit);
		assert_true(page.count > 0);
		for (size_t i = 0; i < page.count; i++) {
			assert_true(*count < most);
			ids[(*count)++] = record_id(page.records[i]);
		}
		query.cursor = page.next_cursor;
	} while (!str_absent(page.next_cursor));
	return ids;
}

static void every_row_comes_once_and_in_order(void **state)
{
	static const struct {
		const char *query, *order; /* the same in SQL */
	} cases[] = {
		{"limit=1&sort=created_at", "created_at, id"},
		{"limit=7", "created_at DESC, id DESC"},
		{"limit=25&sort=name", "name, id"},
		{"limit=26&sort=-name", "name DESC, id DESC"},
		{"limit=50&sort=score", "score, id"},
		{"limit=51&sort=-value_cents", "value_cents DESC, id DESC"},
		{"limit=100&sort=-updated_at", "updated_at DESC, id DESC"},
		{"limit=136", "created_at DESC, id DESC"},
		{"limit=137", "created_at DESC, id DESC"},
		{"limit=200&sort=updated_at", "updated_at, id"},
	};

	(void)state;
	for (size_t c = 0; c < COUNT_OF(cases); c++) {
		size_t count;
		struct uuid *ids = walk(&crowd, cases[c].query, CROWD, &count);
		struct buffer walked = BUFFER_IN(arena);

		for (size_t i = 0; i < count; i++)
			buffer_printf(&walked, "%s%s", i ? "," : "", id_of(ids[i]));
		if (!str_equal(buffer_str(&walked),
			       test_sql_value(
				       "SELECT string_agg(id::text, ',' ORDER BY %s) FROM leads WHERE tenant_id = '%s'",
				       cases[c].order, id_of(crowd.tenant))))
			fail_msg("%s", cases[c].query);
	}
}

static void rows_that_come_in_between_shift_nothing(void **state)
{
	const struct scope busy = scope_of(test_tenant_create("busy"));
	struct list_query query = query_of("limit=2&sort=-created_at");
	struct list_result page;

	(void)state;
	for (int i = 0; i < 5; i++)
		stored(&busy, arena_printf(arena, "{\"name\": \"%d\"}", i).p);
	page = listed(&busy, &query);
	assert_str(record_text(page.records[1], "name"), "3");
	stored(&busy, "{\"name\": \"late\"}");
	query.cursor = page.next_cursor;
	page = listed(&busy, &query);
	assert_str(record_text(page.records[0], "name"), "2");
	assert_str(record_text(page.records[1], "name"), "1");
}

static void a_cursor_of_another_list_or_tenant_is_refused(void **state)
{
	static const char *const others[] = {"limit=5&sort=name", "limit=5&status=new", "limit=5&q=lead"};
	struct list_query query = query_of("limit=5");
	struct str cursor = listed(&crowd, &query).next_cursor;
	struct list_result result;
	struct errors *errors;
	struct ttx *tx;

	(void)state;
	for (size_t i = 0; i <= COUNT_OF(others); i++) {
		bool stranger = i == COUNT_OF(others);

		query = query_of(stranger ? "limit=5" : others[i]);
		query.cursor = cursor;
		errors = errors_new(arena);
		tx = begin(stranger ? &big : &crowd, TX_READ);
		assert_int_equal(entity_list(tx, &lead_entity, &query, errors, &result), E_INVALID);
		assert_string_equal(code_at(errors, "cursor"), "not_a_cursor");
		ttx_rollback(tx);
	}
}

/* ---- filters, search, counts ---- */

static void filters_and_counts_agree_with_sql(void **state)
{
	static const struct {
		const char *query, *condition;
	} cases[] = {
		{"limit=200", "true"},
		{"limit=200&status=won", "status = 'won'"},
		{"limit=200&status=won&tier=hot&sort=name", "status = 'won' AND tier = 'hot'"},
		{"limit=200&tier=cold&q=lead", "tier = 'cold'"},
		{"limit=200&owner_id=0190a5b0-0000-7000-8000-00000000000f", "false"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct list_query query = query_of(cases[i].query);
		int64_t expected = 0, counted, capped;
		struct ttx *tx = begin(&crowd, TX_READ);

		assert_true(str_to_int64(test_sql_value("SELECT count(*) FROM leads WHERE tenant_id = '%s' AND %s",
							id_of(crowd.tenant), cases[i].condition),
					 &expected));
		assert_int_equal(entity_count(tx, &lead_entity, &query, 1001, &counted), OK);
		assert_int_equal(entity_count(tx, &lead_entity, &query, 10, &capped), OK);
		commit(tx);
		assert_int_equal(counted, expected);
		assert_int_equal(capped, expected < 10 ? expected : 10);
		assert_int_equal(listed(&crowd, &query).count, expected);
	}
}

static void search_finds_a_person_however_it_is_typed(void **state)
{
	static const struct {
		const char *query, *names;
	} cases[] = {
		{"q=zo%C3%AB", "Zo\xc3\xab"},
		{"q=ZO%C3%8B", "Zo\xc3\xab"},
		{"q=m%C3%BCller", "Zo\xc3\xab"},
		{"q=zo%C3%AB+heating", "Zo\xc3\xab"},
		{"q=zo%C3%AB+plumbing", ""},
		{"q=(512)+555-7788", "Zo\xc3\xab"},
		{"q=512.555.7788", "Zo\xc3\xab"},
		{"q=%2B15125557788", "Zo\xc3\xab"},
		{"q=5557788", "Zo\xc3\xab"},
		{"q=ann%40shop", "Ann 100%"},
		{"q=100%25", "Ann 100%"},
		{"q=%25", "Ann 100%"},
		{"q=_", ""},
		{"q=n", "Ann 100%,Zo\xc3\xab"},
		{"q=secret", ""},
		{"q=zz", ""},
		{"q=n+b+c+d+e+nomatch", ""},
	};
	const struct scope shop = scope_of(test_tenant_create("shop"));

	(void)state;
	stored(&shop, "{\"name\": \"Zo\xc3\xab\", \"company\": \"M\xc3\xbcller Heating Inc\", \"phone\": \"+1 512 555 "
		      "7788\", \"notes\": \"secret\"}");
	stored(&shop, "{\"name\": \"Ann 100%\", \"email\": \"Ann@Shop.example\"}");
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (strcmp(names_of(&shop, arena_printf(arena, "sort=name&%s", cases[i].query).p), cases[i].names) != 0)
			fail_msg("%s gave \"%s\"", cases[i].query,
				 names_of(&shop, arena_printf(arena, "sort=name&%s", cases[i].query).p));
}

static void search_follows_an_update(void **state)
{
	const struct scope shop = scope_of(test_tenant_create("shop"));
	struct record *made = stored(&shop, "{\"name\": \"Ida\", \"city\": \"Austin\"}"), *current, *next;
	struct ttx *tx = begin(&shop, TX_WRITE);

	(void)state;
	assert_int_equal(entity_get(tx, &lead_entity, record_id(made), &current), OK);
	assert_int_equal(
		entity_update(tx, current, parsed(WRITE_UPDATE, "{\"city\": \"Waco\"}"), errors_new(arena), &next), OK);
	commit(tx);
	assert_string_equal(names_of(&shop, "q=austin"), "");
	assert_string_equal(names_of(&shop, "q=waco+ida"), "Ida");
}

/* ---- plans ---- */

/* A statement's text with its arguments as literals of EXECUTE: ours, and without quotes in them. */
static struct str execute_text(const struct sql *sql, struct uuid tenant)
{
	struct buffer text = BUFFER_IN(arena);

	buffer_printf(&text, "EXPLAIN (COSTS OFF) EXECUTE looked_at ('%s'", id_of(tenant));
	for (size_t i = 0; i < sql->count; i++)
		buffer_printf(&text, ", '%.*s'", STR_FMT_ARG(sql->arguments[i].text));
	buffer_add_char(&text, ')');
	return buffer_str(&text);
}

static void run(struct stx *tx, const char *sql)
{
	const struct statement statement = {"plan", sql};

	assert_int_equal(stx_exec(tx, &statement, NO_ARGS, NULL), OK);
}

/* The plan under the role, the policy and the plan cache of the workers. */
static struct str plan_of(const char *text, const char *cache_mode)
{
	struct list_query query = query_of(text);
	struct buffer lines = BUFFER_IN(arena);
	struct statement explain = {"explain", NULL};
	struct stx *tx = stx_begin(test_pg_app(), arena, "look at a plan", TX_READ);
	struct rows *rows;
	struct sql sql = sql_new(arena);

	assert_int_equal(list_statement(&sql, big.tenant, &lead_entity, &query, errors_new(arena)), OK);
	assert_int_equal(stx_enter_tenant(tx, &big), OK);
	run(tx, arena_printf(arena, "SET LOCAL plan_cache_mode = %s", cache_mode).p);
	run(tx, arena_printf(arena, "PREPARE looked_at AS %s", arena_c_string(arena, buffer_str(&sql.text))).p);
	explain.sql = arena_c_string(arena, execute_text(&sql, big.tenant));
	assert_int_equal(stx_rows(tx, &explain, NO_ARGS, &rows), OK);
	while (rows_next(rows))
		buffer_printf(&lines, "%.*s\n", STR_FMT_ARG(rows_str(rows, 0)));
	run(tx, "DEALLOCATE looked_at");
	stx_rollback(tx);
	return buffer_str(&lines);
}

/* Which of the table's indexes is the planner's to choose; each begins with the tenant. */
static void lists_filters_and_searches_use_an_index(void **state)
{
	static const char *const queries[] = {
		"",
		"sort=name",
		"sort=-score",
		"sort=-value_cents",
		"sort=updated_at",
		"status=won",
		"tier=hot",
		"owner_id=0190a5b0-0000-7000-8000-00000000000f",
		"q=c4ca4238a0b9",
		"q=(512)+555-0123",
	};
	static const char *const modes[] = {"force_custom_plan", "force_generic_plan"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(queries); i++)
		for (size_t m = 0; m < COUNT_OF(modes); m++) {
			const char *plan = arena_c_string(arena, plan_of(queries[i], modes[m]));
			const char *index = strstr(plan, " leads_");
			const char *condition = index ? strstr(index, "Index Cond: (") : NULL;

			if (strstr(plan, "Seq Scan on leads") || !condition ||
			    !memmem(condition, strcspn(condition, "\n"), "tenant_id = ", 12))
				fail_msg("%s, %s:\n%s", queries[i], modes[m], plan);
		}
}

static void a_page_in_the_middle_begins_at_its_place(void **state)
{
	struct list_query query = query_of("limit=100");
	const char *plan;

	(void)state;
	query.cursor = listed(&big, &query).next_cursor;
	assert_false(str_absent(query.cursor));
	plan = arena_c_string(arena, plan_of(arena_printf(arena, "limit=100&cursor=%.*s", STR_FMT_ARG(query.cursor)).p,
					     "force_generic_plan"));
	if (!strstr(plan, "Index Cond") || !strstr(plan, "ROW(created_at, id) <") || strstr(plan, "Sort") ||
	    strstr(plan, "Filter: (ROW"))
		fail_msg("%s", plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_comes_once_and_in_order),
		TEST(rows_that_come_in_between_shift_nothing),
		TEST(a_cursor_of_another_list_or_tenant_is_refused),
		TEST(filters_and_counts_agree_with_sql),
		TEST(search_finds_a_person_however_it_is_typed),
		TEST(search_follows_an_update),
		TEST(lists_filters_and_searches_use_an_index),
		TEST(a_page_in_the_middle_begins_at_its_place),
	};

	return cmocka_run_group_tests(tests, fill_tenants, close_database);
}
