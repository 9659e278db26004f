/* An import in steps: what one may take, what it does when one is lost, and how the rows that were held back go on. */
#include "tests/db/import_fixture.h"

/* Of a step's arena: the program has 64 MB in all, and what goes to the database and comes from it lies outside. */
#define STEP_MEMORY_MOST ((size_t)28 * 1024 * 1024)

/* Rows with a column of so many bytes, which no field takes or the notes do. */
static const char *wide_rows(const char *heading, int rows, int width)
{
	struct buffer text = BUFFER_IN(arena);

	buffer_printf(&text, "Name,Email,%s\n", heading);
	for (int i = 0; i < rows; i++)
		buffer_printf(&text, "Person %d,p%d@example.com,\"%0*d\"\n", i, i, width, i);
	return text.bytes;
}

/* To the import's end in an arena of its own for each step; the number of steps. */
static int steps_of(struct uuid id, size_t rows)
{
	struct arena *kept = arena;
	int steps = 0;

	for (bool more = true; more; steps++) {
		struct ttx *tx;

		arena = arena_new((size_t)128 * 1024 * 1024);
		tx = writing();
		assert_int_equal(import_step(tx, id, rows, &more), OK);
		commit(tx);
		if (arena_used(arena) > STEP_MEMORY_MOST)
			fail_msg("a step took %zu bytes", arena_used(arena));
		arena_free(arena);
		arena = kept;
	}
	return steps;
}

static void wide_rows_make_smaller_steps(void **state)
{
	static const struct {
		const char *heading;
		int rows, width, least, most;
	} cases[] = {
		{"Story", 300, 40000, 11, 13},
		{"Notes", 600, 9000, 5, 7},
		{"Story", 14, 65000, 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct uuid id = uploaded("contacts", wide_rows(cases[i].heading, cases[i].rows, cases[i].width));
		int steps;

		start(id, "email", 0, NULL, NULL);
		steps = steps_of(id, IMPORT_STEP_ROWS);
		assert_in_range(steps, cases[i].least, cases[i].most);
		assert_int_equal(read_import(id)->counts.rows, cases[i].rows);
	}
}

static void empty_columns_are_counted_too(void **state)
{
	struct buffer text = BUFFER_IN(arena);
	struct uuid id;

	(void)state;
	BUFFER_LITERAL(&text, "Name");
	for (int i = 1; i < 1000; i++)
		buffer_printf(&text, ",c%d", i);
	for (int row = 0; row < 300; row++) {
		buffer_printf(&text, "\nPerson %d", row);
		for (int i = 1; i < 1000; i++)
			buffer_add_char(&text, ',');
	}
	id = uploaded("contacts", text.bytes);
	start(id, NULL, 0, NULL, NULL);
	assert_in_range(steps_of(id, IMPORT_STEP_ROWS), 5, 6);
	assert_string_equal(counts_of(read_import(id)),
			    "300 rows: 300 created, 0 updated, 0 unchanged, 0 failed, 0 held");
}

/* Nothing but line ends before the headings and between the rows. */
static void blank_rows_are_passed_over_in_steps(void **state)
{
	size_t blank = (size_t)9 * 1024 * 1024;
	struct buffer text = BUFFER_IN(NULL);
	struct uuid id;

	(void)state;
	for (int part = 0; part < 2; part++) {
		memset(buffer_extend(&text, blank), '\n', blank);
		if (part == 0)
			BUFFER_LITERAL(&text, "Name,Email\nAnn,ann@example.com\n");
	}
	BUFFER_LITERAL(&text, "Bea,bea@example.com\n");
	buffer_add_char(&text, '\0');
	id = uploaded("contacts", text.bytes);
	start(id, NULL, 0, NULL, NULL);
	assert_in_range(steps_of(id, IMPORT_STEP_ROWS), 3, 4);
	assert_string_equal(counts_of(read_import(id)), "2 rows: 2 created, 0 updated, 0 unchanged, 0 failed, 0 held");
	buffer_free(&text);
}

static void wide_rows_are_held_and_undone_in_smaller_steps(void **state)
{
	struct uuid id = uploaded("leads", wide_rows("Notes", 800, 9000));
	struct import *import;
	struct ttx *tx;

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 0 WHERE tenant_id = '%s'", id_of(shop.tenant));
	start(id, "email", 0, NULL, NULL);
	assert_in_range(steps_of(id, IMPORT_STEP_ROWS), 7, 8);
	assert_int_equal(read_import(id)->counts.held, 800);
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(shop.tenant));
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_take_held(tx, import), OK);
	commit(tx);
	assert_in_range(steps_of(id, IMPORT_STEP_ROWS), 7, 8);
	assert_string_equal(counts_of(read_import(id)),
			    "800 rows: 800 created, 0 updated, 0 unchanged, 0 failed, 0 held");
	/* The notes are others: what they were is kept for the way back. */
	id = uploaded("leads", wide_rows("Notes", 800, 9100));
	start(id, "email", 0, NULL, NULL);
	steps_of(id, IMPORT_STEP_ROWS);
	assert_int_equal(read_import(id)->counts.updated, 800);
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_undo(tx, import), OK);
	commit(tx);
	assert_in_range(steps_of(id, IMPORT_STEP_ROWS), 7, 8);
	assert_int_equal(read_import(id)->counts.undone, 800);
	assert_string_equal(number_of("count(*)", "leads x WHERE length(notes) = 9000"), "800");
}

static void rows_beyond_the_plan_are_held_and_taken_later(void **state)
{
	struct uuid id =
		uploaded("leads", "name,email\nA,a@example.com\nB,b@example.com\nC,c@example.com\nD,d@example.com\n");
	struct import *import;
	struct ttx *tx;

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 2 WHERE tenant_id = '%s'", id_of(shop.tenant));
	start(id, NULL, 0, NULL, NULL);
	finish(id, 3);
	assert_string_equal(counts_of(read_import(id)), "4 rows: 2 created, 0 updated, 0 unchanged, 0 failed, 2 held");
	test_sql("UPDATE tenants SET max_leads = 3 WHERE tenant_id = '%s'", id_of(shop.tenant));
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_take_held(tx, import), OK);
	commit(tx);
	finish(id, 1);
	assert_string_equal(counts_of(read_import(id)), "4 rows: 3 created, 0 updated, 0 unchanged, 0 failed, 1 held");
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(shop.tenant));
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_take_held(tx, import), OK);
	commit(tx);
	finish(id, 10);
	import = read_import(id);
	assert_string_equal(counts_of(import), "4 rows: 4 created, 0 updated, 0 unchanged, 0 failed, 0 held");
	assert_str(import->state, "done");
	tx = writing();
	assert_int_equal(import_take_held(tx, import), E_CONFLICT);
	ttx_rollback(tx);
	assert_string_equal(value_of("name", "leads", "true"), "A / B / C / D");
}

/* What has not been committed was not done: the step is taken again from the same place. */
/* Stopped half-way, its held rows are not stranded. */
static void held_rows_of_a_stopped_import_can_be_taken(void **state)
{
	struct uuid id = uploaded("leads", "name,email\nA,a@example.com\nB,b@example.com\nC,c@example.com\n");
	struct import *import;
	struct ttx *tx;
	bool more;

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 1 WHERE tenant_id = '%s'", id_of(shop.tenant));
	start(id, NULL, 0, NULL, NULL);
	tx = writing();
	assert_int_equal(import_step(tx, id, 2, &more), OK);
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_stop(tx, import), OK);
	commit(tx);
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(shop.tenant));
	tx = writing();
	assert_int_equal(import_take_held(tx, import), OK);
	assert_int_equal(import_take_held(tx, import), E_CONFLICT);
	commit(tx);
	finish(id, 10);
	assert_string_equal(counts_of(read_import(id)), "2 rows: 2 created, 0 updated, 0 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name", "leads", "true"), "A / B");
}

/* In what was taken back, not in where it began. */
static void an_undo_shows_how_far_it_is(void **state)
{
	struct uuid id = uploaded("contacts", "name\nA\nB\nC\nD\n");
	struct import *import;
	struct ttx *tx;
	bool more;

	(void)state;
	start(id, NULL, 0, NULL, NULL);
	finish(id, 10);
	tx = writing();
	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_undo(tx, import), OK);
	commit(tx);
	assert_int_equal(import_percent(read_import(id)), 0);
	tx = writing();
	assert_int_equal(import_step(tx, id, 1, &more), OK);
	commit(tx);
	assert_int_equal(import_percent(read_import(id)), 25);
	finish(id, 10);
	assert_int_equal(import_percent(read_import(id)), 100);
}

static void a_step_that_was_lost_is_taken_again(void **state)
{
	struct buffer text = BUFFER_IN(arena);
	struct uuid id;
	bool more;

	(void)state;
	BUFFER_LITERAL(&text, "name,email\n");
	for (int i = 0; i < 50; i++)
		buffer_printf(&text, "\"P\n%d\",p%d@example.com\n", i, i);
	id = uploaded("contacts", text.bytes);
	start(id, NULL, 0, NULL, NULL);
	for (int i = 0; i < 10; i++) {
		struct ttx *tx = writing();

		assert_int_equal(import_step(tx, id, 7, &more), OK);
		if (i % 3)
			ttx_rollback(tx);
		else
			commit(tx);
	}
	finish(id, 7);
	assert_string_equal(counts_of(read_import(id)),
			    "50 rows: 50 created, 0 updated, 0 unchanged, 0 failed, 0 held");
	assert_string_equal(number_of("count(*) || ' ' || count(DISTINCT name)", "contacts x WHERE true"), "50 50");
	assert_string_equal(
		number_of("count(*) || ' ' || min(number) || ' ' || max(number)", "import_rows x WHERE true"),
		"50 2 51");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOP_TEST(wide_rows_make_smaller_steps),
		SHOP_TEST(empty_columns_are_counted_too),
		SHOP_TEST(blank_rows_are_passed_over_in_steps),
		SHOP_TEST(wide_rows_are_held_and_undone_in_smaller_steps),
		SHOP_TEST(rows_beyond_the_plan_are_held_and_taken_later),
		SHOP_TEST(held_rows_of_a_stopped_import_can_be_taken),
		SHOP_TEST(an_undo_shows_how_far_it_is),
		SHOP_TEST(a_step_that_was_lost_is_taken_again),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
