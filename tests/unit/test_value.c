/* The value tree, and what an address may be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/text/value.h"

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 22);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void types_and_texts(void **state)
{
	(void)state;
	const struct {
		const struct value *value;
		enum value_type type;
		const char *text; /* NULL: absent */
		bool truth;
	} cases[] = {
		{NULL, VALUE_NULL, NULL, false},
		{value_null(arena), VALUE_NULL, NULL, false},
		{value_bool(arena, true), VALUE_BOOL, "true", true},
		{value_bool(arena, false), VALUE_BOOL, "false", false},
		{value_int(arena, INT64_MIN), VALUE_NUMBER, "-9223372036854775808", true},
		{value_int(arena, 0), VALUE_NUMBER, "0", false},
		{value_number(arena, STR("9007199254740993")), VALUE_NUMBER, "9007199254740993", true},
		{value_number(arena, STR("-0.00e7")), VALUE_NUMBER, "-0.00e7", false},
		{value_number(arena, STR("0.01")), VALUE_NUMBER, "0.01", true},
		{value_str(arena, STR("")), VALUE_STRING, "", false},
		{value_str(arena, STR("0")), VALUE_STRING, "0", true},
		{value_str(arena, STR_NONE), VALUE_NULL, NULL, false},
		{value_text(arena, "x"), VALUE_STRING, "x", true},
		{value_text(arena, NULL), VALUE_NULL, NULL, false},
		{value_url(arena, STR("/a")), VALUE_URL, "/a", true},
		{value_list(arena), VALUE_LIST, NULL, false},
		{value_map(arena), VALUE_MAP, NULL, true},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(value_type(cases[i].value), cases[i].type);
		assert_int_equal(value_truth(cases[i].value), cases[i].truth);
		assert_true(cases[i].text ? str_is(value_as_str(cases[i].value), cases[i].text)
					  : str_absent(value_as_str(cases[i].value)));
		assert_int_equal(value_as_bool(cases[i].value), cases[i].type == VALUE_BOOL && cases[i].truth);
		assert_int_equal(value_count(cases[i].value), 0);
	}
}

static void lists_keep_their_order(void **state)
{
	(void)state;
	struct value *list = value_list(arena);
	for (int64_t i = 0; i < 1000; i++)
		value_append(list, value_int(arena, i));
	assert_int_equal(value_count(list), 1000);
	for (size_t i = 0; i < 1000; i++) {
		int64_t number;
		assert_true(str_to_int64(value_as_str(value_at(list, i)), &number));
		assert_int_equal(number, i);
	}
	assert_null(value_at(list, 1000));
	assert_null(value_at(NULL, 0));
	assert_null(value_get(list, STR("0")));
	assert_null(value_member(list, 0, NULL));
	assert_true(value_truth(list));
	assert_ptr_equal(value_arena(list), arena);
}

static void putting_a_key_again_replaces_in_place(void **state)
{
	(void)state;
	struct value *map = value_map(arena);
	value_put_str(map, "a", STR("1"));
	value_put_int(map, "b", 2);
	value_put_bool(map, "c", true);
	value_put_text(map, "a", "new");
	value_put_url(map, "u", STR("javascript:x"));
	value_put_text(value_put_map(map, "m"), "inner", "y");
	value_append(value_put_list(map, "l"), value_null(arena));
	static const char *const keys[] = {"a", "b", "c", "u", "m", "l"};
	assert_int_equal(value_count(map), COUNT_OF(keys));
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct str key;
		assert_ptr_equal(value_member(map, i, &key), value_get(map, str_from(keys[i])));
		assert_true(str_is(key, keys[i]));
	}
	assert_true(str_is(value_as_str(value_get(map, STR("a"))), "new"));
	assert_true(str_is(value_as_str(value_get(map, STR("u"))), "#"));
	assert_true(str_is(value_as_str(value_get(value_get(map, STR("m")), STR("inner"))), "y"));
	assert_int_equal(value_count(value_get(map, STR("l"))), 1);
	assert_null(value_get(map, STR("A"))); /* exact case */
	assert_null(value_get(map, STR("")));
	assert_null(value_member(map, COUNT_OF(keys), NULL));
	assert_null(value_at(map, 0));
}

static void only_harmless_addresses_become_links(void **state)
{
	(void)state;
	static const char *const good[] = {"/",
					   "/leads",
					   "/leads?status=new&sort=-created_at#top",
					   "http://example.com",
					   "https://example.com/a?b=c",
					   "HTTPS://EXAMPLE.com",
					   "mailto:a@example.com",
					   "tel:+15551234567",
					   "/caf\xC3\xA9"};
	static const char *const bad[] = {"",
					  "javascript:alert(1)",
					  "JaVaScRiPt:alert(1)",
					  " javascript:alert(1)",
					  "java\tscript:alert(1)",
					  "\x01javascript:alert(1)",
					  "data:text/html,x",
					  "vbscript:x",
					  "//evil.example",
					  "/\\evil.example",
					  "\\\\evil.example",
					  "/\t/evil.example",
					  "/ /x",
					  "http:evil",
					  "https:/evil",
					  "https://",
					  "https:///evil",
					  "mailto:",
					  "tel:",
					  "ftp://x",
					  "leads",
					  "?x=1",
					  "#x",
					  "/a b",
					  "/a\x7F",
					  "/a\nb",
					  "/\xFF",
					  "file:///etc/passwd",
					  "blob:x",
					  "/\xC2\x85"};
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (!str_is(value_as_str(value_url(arena, str_from(good[i]))), good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (!str_is(value_as_str(value_url(arena, str_from(bad[i]))), "#"))
			fail_msg("taken: %s", bad[i]);
	assert_true(str_absent(value_as_str(value_url(arena, STR_NONE))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_and_texts),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(putting_a_key_again_replaces_in_place),
		cmocka_unit_test(only_harmless_addresses_become_links),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
