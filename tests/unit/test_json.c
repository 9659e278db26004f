/* JSON: what is taken, what is refused, and that numbers keep their text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/text/json.h"

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* The text stands in memory of exactly its size: a read past the end is seen by the sanitizer. */
static enum err parse(struct str text, struct value **out, struct str *why)
{
	char *exact = malloc(text.n ? text.n : 1);
	assert_non_null(exact);
	if (text.n > 0)
		memcpy(exact, text.p, text.n);
	*out = NULL;
	*why = STR_NONE;
	enum err status = json_parse(arena, (struct str){exact, text.n}, &json_limits_request, out, why);
	free(exact); /* the tree may not borrow from it */
	assert_int_equal(status == OK, *out != NULL);
	assert_int_equal(status == OK, str_absent(*why));
	return status;
}

static struct str printed(const struct value *value)
{
	struct buffer out = BUFFER_IN(arena);
	json_print(value, &out);
	return buffer_str(&out);
}

static const struct {
	const char *text, *printed; /* printed NULL: as it was read */
} accepted[] = {
	{"null", NULL},
	{"true", NULL},
	{"false", NULL},
	{" \t\r\n0 \n", "0"},
	{"-0", NULL},
	{"\"\"", NULL},
	{"[]", NULL},
	{"{}", NULL},
	{"[ ]", "[]"},
	{"{ }", "{}"},
	{"[null,1,\"1\",{}]", NULL},
	{"{\"a\":1,\"A\":2,\"\":3,\"a \":4}", NULL},
	{"{\"a\":{\"a\":{\"a\":[{\"a\":1}]}}}", NULL},
	{"[{\"a\":1},{\"a\":1}]", NULL},
	{" { \"a\" : [ 1 , 2 ] , \"b\" : null } ", "{\"a\":[1,2],\"b\":null}"},
	/* numbers keep every digit */
	{"9007199254740993", NULL},
	{"9223372036854775807", NULL},
	{"0.30000000000000004", NULL},
	{"1e999", NULL},
	{"-1.50E+03", NULL},
	{"0e1", NULL},
	{"0.0", NULL},
	{"123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890.5", NULL},
	{"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", NULL},
	{"[1,{\"n\":2.50},[3.0],\"4\",5]", NULL},
	/* strings */
	{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\""},
	{"\"\\u0041\\u00e9\\u20AC\"", "\"A\xC3\xA9\xE2\x82\xAC\""},
	{"\"\\uD834\\uDD1E\\ud83d\\ude00\"", "\"\xF0\x9D\x84\x9E\xF0\x9F\x98\x80\""},
	{"\"\\u0001\\u001f\\u007f\"", "\"\\u0001\\u001f\x7F\""},
	{"\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F\"", NULL},
	{"\"\\u2028\\u2029<script>&\"", "\"\\u2028\\u2029\\u003cscript\\u003e\\u0026\""},
	{"\"\\uFFFE\\uFDD0\"", "\"\xEF\xBF\xBE\xEF\xB7\x90\""},
	{"\"\\\\u0000 is text\"", NULL},
	{"{\"\\u0061\":\"[{,:]\"}", "{\"a\":\"[{,:]\"}"},
	{"[1,[2,[3,[4,[5,[6,[7,[8,[9,[10,[11,[12,[13,[14,[15,[16]]]]]]]]]]]]]]]]", NULL},
};

static const struct str refused[] = {
/* clang-format off */
#define R(literal) {literal, sizeof(literal) - 1}
	R(""), R(" "), R("\n"), R("x"), R("nul"), R("nulll"), R("NULL"), R("True"), R("undefined"), R("NaN"), R("-NaN"), R("Infinity"),
	R("-Infinity"), R("nan"), R("inf"), R("'a'"), R("`a`"), R("a"), R("\""), R("\"a"), R("\"a\\"), R("\"a\\\""), R("\"\\"),
	/* numbers */
	R("-"), R("+1"), R("01"), R("-01"), R("00"), R("0123"), R("1."), R(".5"), R("-.5"), R("1.e1"), R("1e"), R("1e+"), R("1E-"), R("1ee1"),
	R("1e1.5"), R("0x10"), R("0x"), R("1 2"), R("1,2"), R("1_000"), R("--1"), R("- 1"), R("1+1"), R("1a"), R("1.5.5"), R("\xEF\xBC\x91"),
	R("[1.]"), R("[-]"), R("[0e]"), R("[2.e3]"), R("[1e+]"), R("[012]"), R("[-012]"), R("[+1]"), R("[0.1.2]"), R("[1 000.0]"), R("[1eE2]"),
	R("[-2.]"), R("[0x42]"), R("[-1x]"), R("[123\xE5]"),
	/* brackets and commas */
	R("["), R("]"), R("{"), R("}"), R("[1"), R("[1,"), R("[,1]"), R("[1,]"), R("[1,,2]"), R("[,]"), R("[1 2]"), R("[1;2]"), R("[1:2]"),
	R("[1}"), R("{]"), R("[[]"), R("[]]"), R("{}}"), R("[\"a\" \"b\"]"), R("[\"\",]"), R("[a"), R("[\"a"), R("[1\n"), R("[\"a\"\n,4\n,1,"),
	R("{\"a\"}"), R("{\"a\":}"), R("{\"a\":1,}"), R("{,\"a\":1}"), R("{\"a\" 1}"), R("{\"a\"=1}"), R("{a:1}"), R("{'a':1}"), R("{1:1}"),
	R("{null:1}"), R("{\"a\":1 \"b\":2}"), R("{\"a\":1,,\"b\":2}"), R("{\"a\"::1}"), R("{\"a\":1:2}"), R("{\"a\""), R("{\"a\":"), R("{\"a\":1"),
	R("{\"a\":1,"), R("{[]:1}"), R("{\"a\",\"b\"}"), R("{:1}"), R("{\"x\", null}"), R("{\"a\":\"b\"}/**/"), R("{\"a\":\"b\"}#"),
	/* what may follow: nothing */
	R("{\"a\":1} DROP"), R("{}{}"), R("[][]"), R("1 1"), R("\"a\"\"b\""), R("null,"), R("[];"), R("2@"), R("[1]x"), R("true false"),
	/* comments and other dialects */
	R("// x\n1"), R("/* x */1"), R("[1]// x"), R("#\n1"), R("[1]\x0C"), R("\x0B" "1"), R("[\xC2\xA0]"), R("\xE2\x81\xA0[]"), R("<.>"), R("[<null>]"),
	/* byte order marks and other encodings */
	R("\xEF\xBB\xBF{}"), R("\xEF\xBB\xBF"), R("[\"a\"\xEF\xBB\xBF]"), R("\xFE\xFF\0[\0]"), R("[\0]\0"), R("\xFF\xFE[\0]\0"),
	/* NUL */
	R("\0"), R("{}\0"), R("[1]\0\0"), R("\"a\0b\""), R("\0{}"), R("\"\\u0000\""), R("\"role\\u0000x\""), R("{\"role\\u0000x\":1}"), R("[\"\\u00000\"]"),
	/* raw control characters in strings */
	R("\"a\nb\""), R("\"a\tb\""), R("\"\x01\""), R("\"\x1F\""), R("\"\r\""), R("{\"a\nb\":1}"),
	/* escapes */
	R("\"\\x41\""), R("\"\\a\""), R("\"\\'\""), R("\"\\0\""), R("\"\\v\""), R("\"\\u\""), R("\"\\u1\""), R("\"\\u12\""), R("\"\\u123\""),
	R("\"\\u123g\""), R("\"\\U0041\""), R("\"\\u+041\""), R("\"\\u 041\""), R("\"\\ \""), R("\"\\\n\""), R("\"\\\xC3\xA9\""), R("\"\\\0\""),
	R("[\"\\u00A\"]"), R("[\"\\\\\\\"]"), R("[\\n]"), R("[\"\\uqqqq\"]"), R("\"\\u00\x34\""),
	/* lone surrogates */
	R("\"\\uD800\""), R("\"\\uDC00\""), R("\"\\uD800x\""), R("\"\\uD800\\n\""), R("\"\\uD800\\uD800\""), R("\"\\uDC00\\uD800\""),
	R("\"\\uD800\\u0041\""), R("\"\\uDFFF\""), R("\"\\uD834\\uDD\""), R("\"\\uD834\\"), R("{\"\\uD800\":1}"), R("[\"\\uD888\\u1234\"]"),
	/* bytes that are not UTF-8 */
	R("\"\xFF\xFE\""), R("\"\xC0\xAF\""), R("\"\xC0\x80\""), R("\"\xED\xA0\x80\""), R("\"\xF4\x90\x80\x80\""), R("\"\xE2\x82\""), R("\"\xC3\""),
	R("\"\x80\""), R("{\"\xFF\":1}"), R("[\xFF]"), R("\xE5"), R("\"\xFC\x83\xBF\xBF\xBF\xBF\""), R("\"\xE0\xFF\""),
	/* the same key twice, also when spelled otherwise */
	R("{\"a\":1,\"a\":1}"), R("{\"a\":1,\"b\":2,\"a\":3}"), R("{\"a\":1,\"\\u0061\":2}"), R("{\"\":1,\"\":2}"), R("[{\"x\":{\"k\":1,\"k\":2}}]"),
	R("{\"/\":1,\"\\/\":2}"), R("{\"\xC3\xA9\":1,\"\\u00E9\":2}"), R("{\"__proto__\":1,\"__proto__\":2}"),
#undef R
	/* clang-format on */
};

static void documents_are_taken_and_printed_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(accepted); i++) {
		struct value *value, *again;
		struct str why;
		if (parse(str_from(accepted[i].text), &value, &why) != OK)
			fail_msg("%s: %.*s", accepted[i].text, STR_FMT_ARG(why));
		struct str text = printed(value);
		if (!str_is(text, accepted[i].printed ? accepted[i].printed : accepted[i].text))
			fail_msg("%s became %.*s", accepted[i].text, STR_FMT_ARG(text));
		assert_int_equal(parse(text, &again, &why), OK);
		assert_true(str_equal(printed(again), text));
	}
}

static void what_is_not_json_is_refused_with_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct value *value;
		struct str why;
		if (parse(refused[i], &value, &why) != E_MALFORMED)
			fail_msg("case %zu is taken: %.*s", i, STR_FMT_ARG(refused[i]));
		assert_true(str_starts(why, STR("The JSON cannot be read at byte offset ")));
	}
}

static void the_place_is_the_offending_byte(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"{\"a\":1,}", "The JSON cannot be read at byte offset 7: a key in quotes is expected."},
		{"[1,\"x\xFF\"]", "The JSON cannot be read at byte offset 5: it is not UTF-8 or holds a NUL."},
		{"[1] x", "The JSON cannot be read at byte offset 4: nothing may follow the value."},
		{"{\"a\":[1,2", "The JSON cannot be read at byte offset 9: it ends too early."},
		{"{\"a\":1,\"b\":{\"a\":1},\"a\":2}",
		 "The JSON cannot be read at byte offset 19: this key occurs twice in its object."},
		{"[01]", "The JSON cannot be read at byte offset 1: a number does not begin with 0."},
		{"\"\\ud800\"", "The JSON cannot be read at byte offset 1: half of a surrogate pair stands alone."},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct value *value;
		struct str why;
		assert_int_equal(parse(str_from(cases[i].text), &value, &why), E_MALFORMED);
		assert_string_equal(why.p, cases[i].why);
	}
}

/* A document cut anywhere, or with any byte replaced, is refused or still reads as JSON; nothing else may happen. */
static void truncated_and_damaged_documents_are_handled(void **state)
{
	(void)state;
	static const char whole[] =
		"{\"name\":\"caf\xC3\xA9 \\ud83d\\ude00 \\n\",\"n\":[-1.5e+3,0,true,null],\"o\":{\"k\":\"\\\\\"}}";
	static const char bytes[] = "\"\\{}[]:,0-.eu\n\x01\x00\x80\xC3\xFF ";
	struct value *value;
	struct str why;
	for (size_t n = 0; n < sizeof(whole) - 1; n++)
		assert_int_equal(parse((struct str){whole, n}, &value, &why), E_MALFORMED);
	assert_int_equal(parse((struct str){whole, sizeof(whole) - 1}, &value, &why), OK);
	size_t taken = 0;
	for (size_t at = 0; at < sizeof(whole) - 1; at++)
		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			char damaged[sizeof(whole)];
			memcpy(damaged, whole, sizeof(whole));
			damaged[at] = bytes[i];
			if (parse((struct str){damaged, sizeof(whole) - 1}, &value, &why) == OK) {
				struct value *again;
				assert_int_equal(parse(printed(value), &again, &why), OK);
				taken++;
			}
		}
	assert_true(taken > 100);
}

static void caps_are_exact(void **state)
{
	(void)state;
	static const struct json_limits limits = {40, 3, 5};
	static const struct {
		const char *text;
		enum err status;
	} cases[] = {
		{"[[[]]]", OK},
		{"[[[[]]]]", E_TOOBIG},
		{"{\"a\":{\"b\":{\"c\":1}}}", OK},
		{"{\"a\":{\"b\":{\"c\":{}}}}", E_TOOBIG},
		{"[1,2,3,4,5]", OK},
		{"[1,2,3,4,5,6]", E_TOOBIG},
		{"[1,[2],[3]]", OK},
		{"[1,[2],[3,4]]", E_TOOBIG},
		{"{\"a\":1,\"b\":2,\"c\":3,\"d\":[1]}", OK},
		{"{\"a\":1,\"b\":2,\"c\":3,\"d\":[1,2]}", E_TOOBIG},
		{"\"34567890123456789012345678901234567890\"", OK},
		{"\"345678901234567890123456789012345678901\"", E_TOOBIG},
		{"                                        1", E_TOOBIG},
		{"1                                        ", E_TOOBIG},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct value *value;
		struct str why = STR_NONE;
		if (json_parse(arena, str_from(cases[i].text), &limits, &value, &why) != cases[i].status)
			fail_msg("%s: %.*s", cases[i].text, STR_FMT_ARG(why));
		assert_int_equal(cases[i].status == OK, str_absent(why));
	}
}

static void depth_of_a_million_brackets_is_no_recursion(void **state)
{
	(void)state;
	static const char openings[] = {'[', '{'};
	for (size_t i = 0; i < COUNT_OF(openings); i++) {
		char *text = malloc(json_limits_request.bytes);
		assert_non_null(text);
		memset(text, openings[i], json_limits_request.bytes);
		struct value *value;
		struct str why;
		assert_int_equal(parse((struct str){text, json_limits_request.bytes}, &value, &why),
				 openings[i] == '[' ? E_TOOBIG : E_MALFORMED);
		free(text);
	}
	/* Even limits that allow more than cJSON does end in an answer. */
	static const struct json_limits generous = {1 << 20, 100000, 100000};
	struct buffer deep = BUFFER_IN(arena);
	for (int i = 0; i < 1001; i++)
		buffer_add_char(&deep, '[');
	for (int i = 0; i < 1001; i++)
		buffer_add_char(&deep, ']');
	struct value *value;
	struct str why;
	assert_int_equal(json_parse(arena, buffer_str(&deep), &generous, &value, &why), E_TOOBIG);
	assert_int_equal(json_parse(arena, (struct str){deep.bytes + 1, 2000}, &generous, &value, &why), OK);
}

static void many_keys_cost_no_square(void **state)
{
	(void)state;
	struct buffer text = BUFFER_IN(arena);
	buffer_add_char(&text, '{');
	for (int i = 0; i < 20000; i++)
		buffer_printf(&text, "%s\"a_long_common_prefix_%06d\":%d", i ? "," : "", 19999 - i, i);
	buffer_add_char(&text, '}');
	struct value *value;
	struct str why;
	int64_t before = clock_monotonic();
	assert_int_equal(parse(buffer_str(&text), &value, &why), OK);
	assert_true(clock_monotonic() - before < 2 * MICROSECONDS_PER_SECOND);
	assert_int_equal(value_count(value), 20000);
	assert_true(str_equal(printed(value), buffer_str(&text)));
	text.bytes[text.length - 1] = ',';
	buffer_printf(&text, "\"one_more\":1}");
	assert_int_equal(parse(buffer_str(&text), &value, &why), E_TOOBIG);
}

static jmp_buf pad;

static void jump(void *argument)
{
	*(int *)argument += 1;
	longjmp(pad, 1);
}

/* Every place where memory can run out lands in the same way, and the parser works again afterwards. */
static void an_arena_without_room_lands_outside_of_cjson(void **state)
{
	(void)state;
	static const struct str text = {
		"{\"name\":\"a string of some length\",\"list\":[1,2,3,{\"k\":null}],\"n\":1.50}", 69};
	static int landed;
	static size_t cap;
	static bool done;
	done = false;
	landed = 0;
	for (cap = 0; !done; cap += 16) {
		struct arena *small = arena_new(cap);
		arena_on_oom(small, jump, &landed);
		struct value *value;
		struct str why;
		if (setjmp(pad) == 0) {
			assert_int_equal(json_parse(small, text, &json_limits_request, &value, &why), OK);
			done = true;
		}
		arena_free(small);
	}
	assert_true(landed > 50);
}

static void values_are_printed_by_their_type(void **state)
{
	(void)state;
	struct value *map = value_map(arena);
	value_put_str(map, "absent", STR_NONE);
	value_put_bool(map, "yes", true);
	value_put_int(map, "n", -5);
	value_put_url(map, "link", STR("/a?b=1&c=2"));
	value_put_str(map, "<key>", STR("\x01\x1f\n\"\\"));
	value_append(value_put_list(map, "list"), value_map(arena));
	assert_string_equal(
		printed(map).p,
		"{\"absent\":null,\"yes\":true,\"n\":-5,\"link\":\"/a?b=1\\u0026c=2\",\"\\u003ckey\\u003e\":"
		"\"\\u0001\\u001f\\n\\\"\\\\\",\"list\":[{}]}");
	assert_string_equal(printed(NULL).p, "null");
	struct buffer out = BUFFER_IN(arena);
	struct value *pretty = value_map(arena);
	value_put_int(pretty, "a", 1);
	value_put_list(pretty, "none");
	value_append(value_put_list(pretty, "some"), value_text(arena, "x"));
	value_append(value_put_list(pretty, "two"), value_map(arena));
	json_print_pretty(pretty, &out);
	assert_string_equal(
		out.bytes,
		"{\n  \"a\": 1,\n  \"none\": [],\n  \"some\": [\n    \"x\"\n  ],\n  \"two\": [\n    {}\n  ]\n}\n");
}

static void strings_escape_what_could_leave_a_page(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		const char *out;
	} cases[] = {
		{{"", 0}, "\"\""},
		{{NULL, 0}, "\"\""},
		{{"</script>", 9}, "\"\\u003c/script\\u003e\""},
		{{"a\xE2\x80\xA8"
		  "b\xE2\x80\xA9",
		  8},
		 "\"a\\u2028b\\u2029\""},
		{{"\xE2\x80", 2}, "\"\xE2\x80\""},
		{{"\xE2\x80\xAA", 3}, "\"\xE2\x80\xAA\""},
		{{"a\0b", 3}, "\"a\\u0000b\""},
		{{"\r\n\t\b", 4}, "\"\\r\\n\\t\\u0008\""},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer out = BUFFER_IN(arena);
		json_string(cases[i].in, &out);
		assert_string_equal(out.bytes, cases[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(documents_are_taken_and_printed_again, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(what_is_not_json_is_refused_with_a_place, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(the_place_is_the_offending_byte, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(truncated_and_damaged_documents_are_handled, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(caps_are_exact, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(depth_of_a_million_brackets_is_no_recursion, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(many_keys_cost_no_square, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(an_arena_without_room_lands_outside_of_cjson, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(values_are_printed_by_their_type, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(strings_escape_what_could_leave_a_page, make_arena, free_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
