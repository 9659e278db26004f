/* Phone numbers as people write them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/entity/phone.h"

static void written_in_any_way_it_is_one_number(void **state)
{
	static const struct {
		const char *typed, *e164; /* NULL: none */
	} cases[] = {
		{"(512) 555-0123", "+15125550123"},
		{"512.555.0123", "+15125550123"},
		{"1-512-555-0123", "+15125550123"},
		{"+1 512 555 0123", "+15125550123"},
		{" 5125550123 ", "+15125550123"},
		{"512-555-0123 x12", "+15125550123"},
		{"512-555-0123 ext. 12", "+15125550123"},
		{"+44 20 7946 0018", "+442079460018"},
		{"+44 (0)20 7946 0018", "+442079460018"},
		{"011 49 30 901820", "+4930901820"},
		{"555-0123", NULL},          /* no area code */
		{"112-555-0123", NULL},      /* no such area */
		{"512-055-0123", NULL},      /* no such exchange */
		{"+1 512 555 012", NULL},    /* too short */
		{"+1 512 555 01234", NULL},  /* too long */
		{"+0 12345678", NULL},       /* no country begins with 0 */
		{"+1234567890123456", NULL}, /* more than 15 digits */
		{"1-800-FLOWERS", NULL},
		{"512-555-0123 x", NULL},
		{"512+5550123", NULL},
		{"", NULL},
		{"x12", NULL},
		{"call me", NULL},
	};
	struct arena *arena = arena_new(1024 * 1024);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str e164 = phone_e164(arena, str_from(cases[i].typed));

		if (cases[i].e164)
			assert_string_equal(arena_c_string(arena, e164), cases[i].e164);
		else if (!str_absent(e164))
			fail_msg("%s became %s", cases[i].typed, arena_c_string(arena, e164));
	}
	arena_free(arena);
}

static void digits_leave_the_extension_out(void **state)
{
	struct arena *arena = arena_new(1024 * 1024);

	(void)state;
	assert_string_equal(arena_c_string(arena, phone_digits(arena, STR("+1 (512) 555-0123 ext 9"))), "15125550123");
	assert_int_equal(phone_digits(arena, STR("none")).n, 0);
	arena_free(arena);
}

static void a_link_dials_the_number_without_the_extension(void **state)
{
	struct arena *arena = arena_new(1024 * 1024);

	(void)state;
	assert_string_equal(arena_c_string(arena, phone_tel_url(arena, STR("(512) 555-0123 x4"))), "tel:+15125550123");
	assert_string_equal(arena_c_string(arena, phone_tel_url(arena, STR("555-0123"))), "tel:5550123");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_in_any_way_it_is_one_number),
		cmocka_unit_test(a_link_dials_the_number_without_the_extension),
		cmocka_unit_test(digits_leave_the_extension_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
