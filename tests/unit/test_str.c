/* Borrowed strings and UTF-8. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/utf8.h"

static void prefixes_suffixes_and_case(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_true(str_starts(STR_NONE, STR("")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_true(str_ends(STR_NONE, STR_NONE));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_equal_nocase(STR("Content-Type"), STR("cONTENT-tYPE")));
	assert_false(str_equal_nocase(STR("[a"), STR("{a")));
	assert_false(str_equal_nocase(STR("\xC3\x84"), STR("\xC3\xA4"))); /* not ASCII: left alone */
	assert_true(str_equal_secret(STR("s3cret"), STR("s3cret")));
	assert_false(str_equal_secret(STR("s3cret"), STR("s3creT")));
	assert_false(str_equal_secret(STR("s3cret"), STR("s3cret ")));
	assert_true(str_equal_secret(STR(""), STR_NONE));
}

static void trimming_stops_at_the_text(void **state)
{
	(void)state;
	assert_true(str_is(str_trim(STR(" \t\r\n\v\f a b \n")), "a b"));
	assert_int_equal(str_trim(STR("  \n ")).n, 0);
	assert_int_equal(str_trim(STR_NONE).n, 0);
	assert_int_equal(str_trim(STR("\xC2\xA0")).n, 2);
}

static void splitting_yields_every_piece_once(void **state)
{
	(void)state;
	static const char *const pieces[] = {"a", "", "bc", ""};
	struct str rest = STR("a,,bc,");
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		assert_false(str_absent(rest));
		assert_true(str_is(str_split(&rest, ','), pieces[i]));
	}
	assert_true(str_absent(rest));
	assert_true(str_absent(str_split(&rest, ',')));
}

static void integers_are_digits_in_range_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {{"0", 0},
		    {"-0", 0},
		    {"007", 7},
		    {"2147483648", INT64_C(2147483648)},
		    {"-1", -1},
		    {"9223372036854775807", INT64_MAX},
		    {"-9223372036854775808", INT64_MIN}};
	static const char *const bad[] = {"",
					  "-",
					  "+1",
					  " 1",
					  "1 ",
					  "1.0",
					  "0x10",
					  "1e3",
					  "--1",
					  "9223372036854775808",
					  "-9223372036854775809",
					  "18446744073709551616",
					  "99999999999999999999999",
					  "1,000",
					  "\xD9\xA1"};
	int64_t value;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_true(str_to_int64(str_from(good[i].text), &value));
		assert_true(value == good[i].value);
	}
	value = 77;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(str_to_int64(str_from(bad[i]), &value));
	assert_false(str_to_int64((struct str){"1\0", 2}, &value));
	assert_false(str_to_int64(STR_NONE, &value));
	assert_int_equal(value, 77);
}

static void utf8_is_strict(void **state)
{
	(void)state;
	static const struct str good[] = {{"", 0},
					  {"plain", 5},
					  {"\x7F", 1},
					  {"\xC2\x80", 2},
					  {"\xDF\xBF", 2},
					  {"\xE0\xA0\x80", 3},
					  {"\xED\x9F\xBF", 3},
					  {"\xEE\x80\x80", 3},
					  {"\xEF\xBF\xBF", 3},
					  {"\xF0\x90\x80\x80", 4},
					  {"\xF4\x8F\xBF\xBF", 4},
					  {"\xE2\x80\xAE", 3}};
	static const struct str bad[] = {{"\0", 1},
					 {"a\0b", 3},
					 {"\x80", 1},
					 {"\xBF", 1},
					 {"\xC0\x80", 2},
					 {"\xC0\xAF", 2},
					 {"\xC1\xBF", 2},
					 {"\xC2", 1},
					 {"\xC2\x41", 2},
					 {"\xE0\x80\xAF", 3},
					 {"\xE0\x9F\xBF", 3},
					 {"\xE2\x82", 2},
					 {"\xED\xA0\x80", 3},
					 {"\xED\xBF\xBF", 3},
					 {"\xF0\x80\x80\xAF", 4},
					 {"\xF0\x8F\xBF\xBF", 4},
					 {"\xF0\x9F\x98", 3},
					 {"\xF4\x90\x80\x80", 4},
					 {"\xF5\x80\x80\x80", 4},
					 {"\xFE", 1},
					 {"\xFF\xFE", 2},
					 {"\xF8\x88\x80\x80\x80", 5}};
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(utf8_valid(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(utf8_valid(bad[i]));
	assert_true(utf8_valid(STR_NONE));
}

static void what_is_no_utf8_is_replaced(void **state)
{
	static const struct {
		struct str from;
		const char *to;
	} cases[] = {
		{{"", 0}, ""},
		{{"jos\xC3\xA9", 5}, "jos\u00E9"},
		{{"jos\xE9,", 5}, "jos\uFFFD,"},
		{{"a\0b", 3}, "a\uFFFDb"},
		{{"\xF5\xB5\xBE\x8A", 4}, "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* beyond U+10FFFF */
		{{"\xE6\xB0\xB4\xE6\xB0", 5}, "\u6C34\uFFFD\uFFFD"},
	};
	struct arena *arena = arena_new(1024);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(arena_c_string(arena, utf8_mended(arena, cases[i].from)), cases[i].to);
	arena_free(arena);
}

static void every_code_point_is_taken_and_every_cut_is_refused(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		char bytes[4];
		size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
		for (size_t i = n; i > 1; i--)
			bytes[i - 1] = (char)(0x80 | (c >> (6 * (n - i)) & 0x3F));
		bytes[0] = (char)(leads[n] | c >> (6 * (n - 1)));
		bool surrogate = c >= 0xD800 && c <= 0xDFFF;
		assert_int_equal(utf8_valid((struct str){bytes, n}), !surrogate);
		if (n > 1)
			assert_false(utf8_valid((struct str){bytes, n - 1}));
	}
}

static void lengths_and_prefixes_count_code_points(void **state)
{
	(void)state;
	struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	assert_int_equal(utf8_length(text), 4);
	static const size_t bytes[] = {0, 1, 3, 6, 10, 10};
	for (size_t most = 0; most < COUNT_OF(bytes); most++)
		assert_int_equal(utf8_prefix(text, most).n, bytes[most]);
}

static void control_characters_are_seen(void **state)
{
	(void)state;
	assert_false(utf8_has_control(STR("a\tb\r\n\xC2\xA0\xE2\x80\xA8")));
	static const char *const with[] = {"\x01", "a\x1F", "\x7F", "\xC2\x80", "x\xC2\x9F", "\x1B[31m"};
	for (size_t i = 0; i < COUNT_OF(with); i++)
		assert_true(utf8_has_control(str_from(with[i])));
	assert_true(utf8_has_control((struct str){"\0", 1}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_suffixes_and_case),
		cmocka_unit_test(trimming_stops_at_the_text),
		cmocka_unit_test(splitting_yields_every_piece_once),
		cmocka_unit_test(integers_are_digits_in_range_and_nothing_else),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(what_is_no_utf8_is_replaced),
		cmocka_unit_test(every_code_point_is_taken_and_every_cut_is_refused),
		cmocka_unit_test(lengths_and_prefixes_count_code_points),
		cmocka_unit_test(control_characters_are_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
