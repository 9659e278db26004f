/* Files of SQL come apart at the right semicolons, and each statement knows its line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/pg/sql_split.h"

struct expected {
	const char *text;
	size_t line;
};

static void check(const char *sql, const struct expected *expected, size_t count, bool ends_broken)
{
	struct sql_split split = sql_split_of(str_from(sql));
	struct str statement;
	size_t line = 0;
	bool broken;

	for (size_t i = 0; i < count; i++) {
		assert_true(sql_split_next(&split, &statement, &line, &broken));
		assert_true(str_is(statement, expected[i].text));
		assert_int_equal(line, expected[i].line);
	}
	assert_false(sql_split_next(&split, &statement, &line, &broken));
	assert_int_equal(broken, ends_broken);
}

#define CHECK(sql, broken, ...)                                                                                        \
	check(sql, (const struct expected[]){__VA_ARGS__}, COUNT_OF(((const struct expected[]){__VA_ARGS__})), broken)

static void statements_end_at_semicolons(void **state)
{
	(void)state;
	check("", NULL, 0, false);
	check(" ;; \n -- nothing\n/* nothing */ ;\n", NULL, 0, false);
	CHECK("SELECT 1; SELECT 2", false, {"SELECT 1", 1}, {"SELECT 2", 1});
	CHECK("\n\nSELECT\n1\n;\n\nSELECT 2;\n", false, {"SELECT\n1", 3}, {"SELECT 2", 7});
	CHECK("-- why; not\nSELECT 1 -- a; b\n+ 2;", false, {"SELECT 1 -- a; b\n+ 2", 2});
}

static void quoted_semicolons_do_not_count(void **state)
{
	(void)state;
	CHECK("SELECT ';'';', \"a;\"\"b\"; X", false, {"SELECT ';'';', \"a;\"\"b\"", 1}, {"X", 1});
	CHECK("SELECT '\\'; X", false, {"SELECT '\\'", 1}, {"X", 1});
	CHECK("SELECT E'\\';'; X", false, {"SELECT E'\\';'", 1}, {"X", 1});
	CHECK("SELECT date'\\'; X", false, {"SELECT date'\\'", 1}, {"X", 1});
	CHECK("A /* ; /* ; */ ; */ B; C", false, {"A /* ; /* ; */ ; */ B", 1}, {"C", 1});
}

static void bodies_between_dollars_are_whole(void **state)
{
	(void)state;
	CHECK("DO $$\nBEGIN;\n$1 := ';';\nEND $$;\nX", false, {"DO $$\nBEGIN;\n$1 := ';';\nEND $$", 1}, {"X", 5});
	CHECK("DO $a$ $$;$b$; $a$; X", false, {"DO $a$ $$;$b$; $a$", 1}, {"X", 1});
	CHECK("SELECT $1; SELECT a$b$; X", false, {"SELECT $1", 1}, {"SELECT a$b$", 1}, {"X", 1});
}

static void what_does_not_end_is_told(void **state)
{
	(void)state;
	CHECK("A; SELECT 'x", true, {"A", 1});
	CHECK("A; SELECT \"x", true, {"A", 1});
	CHECK("A; DO $$ x $;", true, {"A", 1});
	CHECK("A; /* x", true, {"A", 1});
	CHECK("A; B /* x", true, {"A", 1});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_end_at_semicolons),
		cmocka_unit_test(quoted_semicolons_do_not_count),
		cmocka_unit_test(bodies_between_dollars_are_whole),
		cmocka_unit_test(what_does_not_end_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
