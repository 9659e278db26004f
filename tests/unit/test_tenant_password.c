/* Passwords: hashed at the agreed cost, verified, refused in words when they are weak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/tenant/password.h"
#include "lib/tenant/password_internal.h"

static int start(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int stop(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_hash_is_argon2id_at_todays_costs(void **state)
{
	struct str hash;

	assert_int_equal(password_hash(*state, STR("brass kettle orbit"), &hash), OK);
	assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_false(password_needs_rehash(hash));
	assert_true(password_needs_rehash(STR(
		"$argon2id$v=19$m=8192,t=1,p=1$bm9ib2R5cy1zYWx0LTAwMQ$0000000000000000000000000000000000000000000")));
	assert_true(password_needs_rehash(STR("")));
}

static void only_the_same_bytes_verify(void **state)
{
	static const char *const others[] = {"brass kettle orbi", "brass kettle orbit ", "Brass kettle orbit", ""};
	struct str hash;

	assert_int_equal(password_hash(*state, STR("brass kettle orbit"), &hash), OK);
	assert_int_equal(password_verify(hash, STR("brass kettle orbit")), OK);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_int_equal(password_verify(hash, str_from(others[i])), E_UNAUTH);
}

static void no_byte_is_cut_off(void **state)
{
	char one[1024], two[1024];
	static const size_t places[] = {72, 200, 1023};
	struct str hash;

	memset(one, 'x', sizeof(one));
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		memcpy(two, one, sizeof(two));
		two[places[i]] = 'y';
		assert_int_equal(password_hash(*state, (struct str){one, sizeof(one)}, &hash), OK);
		assert_int_equal(password_verify(hash, (struct str){two, sizeof(two)}), E_UNAUTH);
	}
	assert_int_equal(password_hash(*state, (struct str){"abc\0def", 7}, &hash), OK);
	assert_int_equal(password_verify(hash, (struct str){"abc\0xyz", 7}), E_UNAUTH);
	assert_int_equal(password_verify(hash, (struct str){"abc", 3}), E_UNAUTH);
}

static void more_than_a_kilobyte_is_never_hashed(void **state)
{
	char long_password[1025];
	struct str hash;

	memset(long_password, 'x', sizeof(long_password));
	assert_int_equal(password_hash(*state, (struct str){long_password, sizeof(long_password)}, &hash), E_INVALID);
	assert_int_equal(password_hash(*state, STR(""), &hash), E_INVALID);
	assert_int_equal(password_verify(STR_NONE, (struct str){long_password, sizeof(long_password)}), E_UNAUTH);
}

static void a_malformed_hash_is_a_wrong_password(void **state)
{
	static const char *const hashes[] = {
		"x", "$argon2id$", "$argon2id$v=19$m=4294967295,t=2,p=1$bm9ib2R5cy1zYWx0LTAwMQ$AAAA", "$2b$12$abc"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hashes); i++)
		assert_int_equal(password_verify(str_from(hashes[i]), STR("brass kettle orbit")), E_UNAUTH);
}

static int64_t median_cost(struct str hash)
{
	int64_t times[5];

	for (size_t i = 0; i < COUNT_OF(times); i++) {
		int64_t began = clock_monotonic();
		size_t at = i;

		assert_int_equal(password_verify(hash, STR("some other password")), E_UNAUTH);
		began = clock_monotonic() - began;
		while (at > 0 && times[at - 1] > began) {
			times[at] = times[at - 1];
			at--;
		}
		times[at] = began;
	}
	return times[2];
}

/* A factor of two leaves room for a busy machine; a forgotten hash would be a factor of a thousand. */
static void an_absent_hash_costs_as_much_as_a_real_one(void **state)
{
	struct str hash;
	int64_t real, absent;

	assert_int_equal(password_hash(*state, STR("brass kettle orbit"), &hash), OK);
	real = median_cost(hash);
	absent = median_cost(STR_NONE);
	assert_true(absent < real * 2 && real < absent * 2);
	assert_true(real > 5000);
}

static void nobody_logs_in_without_a_hash(void **state)
{
	(void)state;
	assert_int_equal(password_verify(STR_NONE, STR("nobody")), E_UNAUTH);
	assert_int_equal(password_verify(STR(""), STR("")), E_UNAUTH);
}

/* In a child, so that the limit ends with it. Sanitizers need more address space than any limit leaves. */
static void no_memory_is_busy_and_not_a_wrong_password(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	(void)state;
	skip();
#else
	struct str hash;
	int status;
	pid_t child;

	assert_int_equal(password_hash(*state, STR("brass kettle orbit"), &hash), OK);
	child = fork();
	if (child == 0) {
		struct rlimit limit = {8 << 20, 8 << 20};
		struct str ignored;

		setrlimit(RLIMIT_AS, &limit);
		_exit(password_verify(hash, STR("brass kettle orbit")) == E_BUSY &&
				      password_verify(STR_NONE, STR("x")) == E_BUSY &&
				      password_hash(*state, STR("brass kettle orbit"), &ignored) == E_BUSY
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
#endif
}

static void the_lists_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < common_password_count; i++)
		assert_true(strcmp(common_passwords[i - 1], common_passwords[i]) < 0);
	for (size_t i = 1; i < common_word_count; i++)
		assert_true(strcmp(common_words[i - 1], common_words[i]) < 0);
}

static void weak_passwords_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *password, *code; /* NULL: acceptable */
	} cases[] = {
		{"", "too_short"},
		{"Tr0ub4dor&3", "too_short"},
		{"elevenchars", "too_short"},
		{"éééééééééééé", "too_simple"},
		{"aaaaaaaaaaaa", "too_simple"},
		{"abababababab", "too_simple"},
		{"abcabcabcabc", "too_simple"},
		{"123456789012", "too_simple"},
		{"abcdefghijkl", "too_simple"},
		{"zyxwvutsrqponm", "too_simple"},
		{"qwertyuiopasdf", "too_simple"},
		{"poiuytrewq0987", "too_simple"},
		{"password1234", "too_common"},
		{"PassWord1234!", "too_common"},
		{"p4ssw0rd!!!!", "too_common"},
		{"P@$$w0rd2026", "too_common"},
		{"letmein123456", "too_common"},
		{"Summer2026!!", "too_common"},
		{"welcome-2026-", "too_common"},
		{"sunshinedragon", "too_common"},
		{"Dragon-Monkey-1", "too_common"},
		{"1qaz2wsx3edc", "too_common"},
		{"needforspeed", "too_common"},
		{"plumbingservice", "too_common"},
		{"maria.lopez12", "too_personal"},
		{"Maria.Lopez!2026", "too_personal"},
		{"marialopez2026", "too_personal"},
		{"AcmeHeating2026", "too_personal"},
		{"acme-heating-1", "too_personal"},
		{"demandengine1", "too_personal"},
		{"Demand-Engine-26", "too_personal"},
		{"brass kettle orbit", NULL},
		{"correct horse battery staple", NULL},
		{"mK9#vq2Lx!8z", NULL},
		{"dragon 83 weaves teal hats", NULL},
		{"почему жираф синий", NULL},
		{"acmeheating and four more unrelated words", NULL},
	};
	struct password_context context = {STR("maria.lopez@acmeheating.com"), STR("Maria Lopez"), STR("Acme Heating")};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct errors *errors = errors_new(*state);
		bool fine = password_acceptable(str_from(cases[i].password), &context, "password", errors);
		const struct field_error *error = errors_for(errors, "password");

		if (fine != (cases[i].code == NULL) ||
		    (error && strcmp(error->code, cases[i].code ? cases[i].code : "") != 0))
			fail_msg("\"%s\": %s", cases[i].password, error ? error->code : "accepted");
	}
}

static void length_is_counted_in_characters_and_capped(void **state)
{
	struct password_context nothing = {STR_NONE, STR_NONE, STR_NONE};
	struct buffer text = BUFFER_IN(*state);
	struct errors *errors = errors_new(*state);

	for (uint32_t i = 0, number = 1; i < 256; i++, number = number * 1103515245 + 12345)
		buffer_add_char(&text, (char)('a' + (number >> 16) % 26));
	if (!password_acceptable(buffer_str(&text), &nothing, "password", errors))
		fail_msg("%s", errors_for(errors, "password")->code);
	buffer_add_char(&text, 'x');
	assert_false(password_acceptable(buffer_str(&text), &nothing, "password", errors));
	assert_string_equal(errors_for(errors, "password")->code, "too_long");
	errors = errors_new(*state);
	assert_false(password_acceptable((struct str){"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe", 12}, &nothing,
					 "password", errors));
	assert_string_equal(errors_for(errors, "password")->code, "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_is_argon2id_at_todays_costs),
		cmocka_unit_test(only_the_same_bytes_verify),
		cmocka_unit_test(no_byte_is_cut_off),
		cmocka_unit_test(more_than_a_kilobyte_is_never_hashed),
		cmocka_unit_test(a_malformed_hash_is_a_wrong_password),
		cmocka_unit_test(an_absent_hash_costs_as_much_as_a_real_one),
		cmocka_unit_test(nobody_logs_in_without_a_hash),
		cmocka_unit_test(no_memory_is_busy_and_not_a_wrong_password),
		cmocka_unit_test(the_lists_are_in_order),
		cmocka_unit_test(weak_passwords_are_refused_with_a_reason),
		cmocka_unit_test(length_is_counted_in_characters_and_capped),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
