#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/id.h"

static void new_ids_are_version_7_ordered_and_of_now(void **state)
{
	(void)state;
	int64_t before = clock_now() / 1000;
	struct uuid last = uuid_zero();
	for (int i = 0; i < 20000; i++) {
		struct uuid uuid = uuid_new();
		assert_int_equal(uuid.bytes[6] >> 4, 7);
		assert_int_equal(uuid.bytes[8] >> 6, 2);
		assert_true(memcmp(last.bytes, uuid.bytes, 8) <
			    0); /* by the stamp alone, not by luck of the random part */
		last = uuid;
	}
	int64_t stamp = 0;
	for (int i = 0; i < 6; i++)
		stamp = stamp << 8 | last.bytes[i];
	assert_true(stamp >= before && stamp <= clock_now() / 1000 + 10);
}

static void text_and_bytes_agree(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	struct uuid uuid, again;
	assert_true(uuid_parse(STR("017F22E2-79b0-7cc3-98c4-dc0c0c07398f"), &uuid));
	assert_int_equal(uuid.bytes[0], 0x01);
	assert_int_equal(uuid.bytes[15], 0x8f);
	assert_true(str_is(uuid_text(arena, uuid), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
	assert_true(uuid_parse(uuid_text(arena, uuid), &again) && uuid_equal(uuid, again));
	assert_false(uuid_is_zero(uuid));
	assert_true(uuid_is_zero(uuid_zero()));
	arena_free(arena);
}

static void only_the_canonical_form_is_read(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
					  "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
					  "017f22e279b0-7cc3-98c4-dc0c0c07398f0",
					  "017f22e2079b007cc3098c40dc0c0c07398f",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c0739 8",
					  "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
					  "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c"};
	struct uuid uuid = uuid_zero();
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(uuid_parse(str_from(bad[i]), &uuid));
	assert_true(uuid_is_zero(uuid));
}

static void base62_has_its_alphabet_and_is_even(void **state)
{
	(void)state;
	enum { DRAWS = 62000 };
	static char text[DRAWS + 1];
	unsigned seen[256] = {0};
	random_base62(text, DRAWS);
	assert_int_equal(strlen(text), DRAWS);
	for (int i = 0; i < DRAWS; i++)
		seen[(unsigned char)text[i]]++;
	for (int c = 0; c < 256; c++) {
		bool in = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		/* Expected 1000; the bias of a plain modulo would give some letters 1210. */
		assert_true(in ? seen[c] > 800 && seen[c] < 1180 : seen[c] == 0);
	}
	random_base62(text, 0);
	assert_string_equal(text, "");
}

static void hex_goes_both_ways(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	uint8_t bytes[3];
	assert_true(str_is(hex_encode(arena, "\x00\xAF\xFF", 3), "00afff"));
	assert_true(str_is(hex_encode(arena, "", 0), ""));
	assert_true(hex_decode(STR("00AFfe"), bytes, 3));
	assert_memory_equal(bytes, "\x00\xAF\xFE", 3);
	assert_false(hex_decode(STR("00AFf"), bytes, 3));
	assert_false(hex_decode(STR("00AFfe00"), bytes, 3));
	assert_false(hex_decode(STR("00AFfg"), bytes, 3));
	assert_false(hex_decode(STR("0x00AF"), bytes, 3));
	arena_free(arena);
}

static void base64url_goes_both_ways_with_one_spelling(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	/* RFC 4648 section 10, in the alphabet of section 5. */
	static const char *const pairs[][2] = {
		{"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
		{"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "-_-_"}};
	static const char *const bad[] = {"Z", "Zg==", "Zm9vY", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9", "Zm9v\n"};
	struct str out;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		assert_true(str_is(base64url_encode(arena, str_from(pairs[i][0])), pairs[i][1]));
		assert_true(base64url_decode(arena, str_from(pairs[i][1]), &out) && str_is(out, pairs[i][0]));
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(base64url_decode(arena, str_from(bad[i]), &out));
	for (size_t n = 0; n < 200; n++) {
		char bytes[200];
		random_bytes(bytes, sizeof(bytes));
		struct str text = base64url_encode(arena, (struct str){bytes, n});
		assert_true(base64url_decode(arena, text, &out) && str_equal(out, (struct str){bytes, n}));
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_ids_are_version_7_ordered_and_of_now),
		cmocka_unit_test(text_and_bytes_agree),
		cmocka_unit_test(only_the_canonical_form_is_read),
		cmocka_unit_test(base62_has_its_alphabet_and_is_even),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(base64url_goes_both_ways_with_one_spelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
