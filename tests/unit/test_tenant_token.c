/* Credentials: made, parsed, refused; the secret's hash depends on every character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/tenant/principal.h"

static const uint8_t pepper[32] = {1, 2, 3};
static const enum token_kind kinds[] = {TOKEN_API_KEY, TOKEN_SESSION, TOKEN_LINK, TOKEN_OPERATOR, TOKEN_SIGNUP};

static int start(void **state)
{
	token_pepper(pepper);
	*state = arena_new(8 << 20);
	return 0;
}

static int stop(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_made_token_parses_to_itself(void **state)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct token made, parsed;

		token_make(*state, kinds[i], STR("Ab3dEf7h"), &made);
		assert_true(token_parse(made.text, &parsed));
		assert_int_equal(parsed.kind, kinds[i]);
		assert_memory_equal(made.hash, parsed.hash, 32);
		if (kinds[i] == TOKEN_OPERATOR || kinds[i] == TOKEN_SIGNUP)
			assert_true(str_absent(parsed.code));
		else
			assert_true(str_is(parsed.code, "Ab3dEf7h"));
	}
}

static void every_truncation_is_refused(void **state)
{
	struct token made, parsed;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		token_make(*state, kinds[i], STR("Ab3dEf7h"), &made);
		for (size_t n = 0; n < made.text.n; n++)
			assert_false(token_parse((struct str){made.text.p, n}, &parsed));
	}
}

static void every_changed_character_is_refused(void **state)
{
	static const char replacements[] = "0zA_-.\0\x80 ";
	struct token made, parsed;
	char text[80];

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		token_make(*state, kinds[i], STR("Ab3dEf7h"), &made);
		for (size_t at = 0; at < made.text.n; at++)
			for (size_t r = 0; r < sizeof(replacements) - 1; r++) {
				memcpy(text, made.text.p, made.text.n);
				if (text[at] == replacements[r])
					continue;
				text[at] = replacements[r];
				assert_false(token_parse((struct str){text, made.text.n}, &parsed));
			}
	}
}

static void longer_text_is_refused(void **state)
{
	struct token made, parsed;
	struct str longer;

	token_make(*state, TOKEN_SESSION, STR("Ab3dEf7h"), &made);
	longer = arena_printf(*state, "%.*s0", STR_FMT_ARG(made.text));
	assert_false(token_parse(longer, &parsed));
	longer = arena_printf(*state, " %.*s", STR_FMT_ARG(made.text));
	assert_false(token_parse(longer, &parsed));
	assert_false(token_parse(STR_NONE, &parsed));
}

static void tokens_do_not_repeat(void **state)
{
	struct token first, second;

	token_make(*state, TOKEN_API_KEY, STR("Ab3dEf7h"), &first);
	token_make(*state, TOKEN_API_KEY, STR("Ab3dEf7h"), &second);
	assert_false(str_equal(first.text, second.text));
	assert_memory_not_equal(first.hash, second.hash, 32);
}

static void another_pepper_gives_another_hash(void **state)
{
	static const uint8_t other[32] = {9};
	struct token made, parsed;

	token_make(*state, TOKEN_API_KEY, STR("Ab3dEf7h"), &made);
	token_pepper(other);
	assert_true(token_parse(made.text, &parsed));
	assert_memory_not_equal(made.hash, parsed.hash, 32);
	token_pepper(pepper);
}

static void derived_keys_differ_by_purpose(void **state)
{
	uint8_t csrf[32], cursor[32], again[32];

	(void)state;
	token_derive_key("csrf", csrf);
	token_derive_key("cursor", cursor);
	token_derive_key("csrf", again);
	assert_memory_not_equal(csrf, cursor, 32);
	assert_memory_equal(csrf, again, 32);
	assert_memory_not_equal(csrf, pepper, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_made_token_parses_to_itself),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_changed_character_is_refused),
		cmocka_unit_test(longer_text_is_refused),
		cmocka_unit_test(tokens_do_not_repeat),
		cmocka_unit_test(another_pepper_gives_another_hash),
		cmocka_unit_test(derived_keys_differ_by_purpose),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
