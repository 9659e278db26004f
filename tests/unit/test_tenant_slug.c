/* Slugs and hosts: what is a name, what is ours, what looks like ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/tenant/slug.h"
#include "lib/tenant/tenant.h"

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

static void names_become_slugs(void **state)
{
	static const struct {
		const char *name, *slug;
	} cases[] = {
		{"Acme Heating & Cooling, Inc.", "acme-heating-cooling"},
		{"Joe's Plumbing", "joes-plumbing"},
		{"Joe’s Plumbing LLC", "joes-plumbing"},
		{"  --Bright   Air--  ", "bright-air"},
		{"Müller & Søn Heizung", "muller-son-heizung"},
		{"Straße Ærø Œuvre", "strasse-aero-oeuvre"},
		{"A-1 Plumbing Co.", "a-1-plumbing"},
		{"Smith and Co", "smith"},
		{"24/7 Comfort", "24-7-comfort"},
		{"Admin", "admin-service"},
		{"3M", "3m-service"},
		{"!!!", "company"},
		{"", "company"},
		{"株式会社", "company"},
		{"xn--bcher-kva", "xn-bcher-kva"},
		{"\xff\xfe\x80", "company"},
		{"Northwestern Residential Heating, Ventilation and Air Conditioning Services",
		 "northwestern-residential-heating"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str slug = slug_from_name(*state, str_from(cases[i].name));

		if (!str_is(slug, cases[i].slug))
			fail_msg("%s gave %.*s", cases[i].name, STR_FMT_ARG(slug));
		assert_true(slug_valid(slug));
		assert_false(slug_reserved(slug));
	}
}

static void any_bytes_give_a_good_slug(void **state)
{
	char name[64];

	for (int round = 0; round < 20000; round++) {
		size_t length = (size_t)round % sizeof(name);
		struct str slug;

		random_bytes(name, length);
		if (round % 2)
			for (size_t i = 0; i < length; i++)
				name[i] = "aw0-i1 .rnvxAPI'"[name[i] & 15];
		slug = slug_from_name(*state, (struct str){name, length});
		assert_true(slug_valid(slug) && !slug_reserved(slug));
		if (round % 1000 == 0)
			arena_reset(*state);
	}
}

static void the_form_of_a_slug_is_strict(void **state)
{
	static const char *const good[] = {"abc",    "a-b",        "a1b",
					   "123",    "acme-hvac",  "a--b",
					   "abc--d", "1st-choice", "abcdefghijabcdefghijabcdefghijabcdefghij"};
	static const char *const bad[] = {
		"",     "a",    "ab",  "-ab", "ab-",   "ab--c", "xn--abc",
		"Abc",  "a_b",  "a.b", "a b", "abc\n", "äbc",   "a/b",
		"a%62", "abc.", "..",  "---", "a\tb",  "ab--",  "abcdefghijabcdefghijabcdefghijabcdefghijk"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(slug_valid(str_from(good[i])));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(slug_valid(str_from(bad[i])));
	assert_false(slug_valid((struct str){"ab\0c", 4}));
	assert_false(slug_valid(STR_NONE));
}

static void ours_and_what_looks_like_ours_is_reserved(void **state)
{
	static const char *const reserved[] = {
		"www",     "ww2",           "www3",         "wwww",      "ns1",     "ns01",    "mail",   "mail2",
		"mx10",    "ftp",           "ftp3",         "api",       "api-2",   "app",     "admin",  "adm1n",
		"ad-min",  "a-p-i",         "ap1",          "apl",       "l0gin",   "log-in",  "logln",  "b1lling",
		"biliing", "supp0rt",       "a5sets",       "rnail",     "vvww",    "911",     "status", "wpad",
		"isatap",  "static",        "autodiscover", "localhost", "root",    "billing", "test",   "demand",
		"dernand", "demand-engine", "yourcompany",  "0auth",     "5ecurity"};
	static const char *const free_names[] = {
		"acme-hvac", "elite-plumbing", "joes-plumbing", "air-pros", "api-heating", "webers",   "mailand",
		"adminton",  "new-air",        "nsw-hvac",      "cool-air", "wwright",     "east-side"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(reserved); i++) {
		bool refused = slug_reserved(str_from(reserved[i])) || !slug_valid(str_from(reserved[i]));

		if (!refused)
			fail_msg("%s is free", reserved[i]);
	}
	for (size_t i = 0; i < COUNT_OF(free_names); i++)
		if (slug_reserved(str_from(free_names[i])))
			fail_msg("%s is reserved", free_names[i]);
}

static void an_unacceptable_slug_says_why(void **state)
{
	static const struct {
		const char *slug, *code;
	} cases[] = {{"ab", "too_short"},
		     {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too_long"},
		     {"Abc", "invalid"},
		     {"www", "reserved"}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct errors *errors = errors_new(*state);

		assert_false(slug_acceptable(str_from(cases[i].slug), "subdomain", errors));
		assert_string_equal(errors_for(errors, "subdomain")->code, cases[i].code);
	}
	assert_true(slug_acceptable(STR("acme-hvac"), "subdomain", errors_new(*state)));
}

static void hosts_are_told_apart(void **state)
{
	static const struct {
		const char *host;
		enum host_kind kind;
		const char *label;
	} cases[] = {
		{"demand.localhost", HOST_APEX, NULL},
		{"DEMAND.localhost", HOST_APEX, NULL},
		{"www.demand.localhost", HOST_APEX, NULL},
		{"app.demand.localhost", HOST_APP, NULL},
		{"api.demand.localhost", HOST_API, NULL},
		{"admin.demand.localhost", HOST_ADMIN, NULL},
		{"acme-hvac.demand.localhost", HOST_TENANT, "acme-hvac"},
		{"Acme-HVAC.Demand.LOCALHOST", HOST_TENANT, "acme-hvac"},
		{"a.acme-hvac.demand.localhost", HOST_UNKNOWN, NULL},
		{"www.acme-hvac.demand.localhost", HOST_UNKNOWN, NULL},
		{"acme-hvac.demand.localhost.", HOST_UNKNOWN, NULL},
		{"acme-hvac..demand.localhost", HOST_UNKNOWN, NULL},
		{".demand.localhost", HOST_UNKNOWN, NULL},
		{"xdemand.localhost", HOST_UNKNOWN, NULL},
		{"acme-hvacdemand.localhost", HOST_UNKNOWN, NULL},
		{"acme-hvac.demand.localhost.evil.example", HOST_UNKNOWN, NULL},
		{"mail.demand.localhost", HOST_UNKNOWN, NULL},
		{"xn--abc.demand.localhost", HOST_UNKNOWN, NULL},
		{"-a-.demand.localhost", HOST_UNKNOWN, NULL},
		{"acme hvac.demand.localhost", HOST_UNKNOWN, NULL},
		{"127.0.0.1", HOST_UNKNOWN, NULL},
		{"[::1]", HOST_UNKNOWN, NULL},
		{"localhost", HOST_UNKNOWN, NULL},
		{"", HOST_UNKNOWN, NULL},
		{NULL, HOST_UNKNOWN, NULL},
	};
	struct config config = {.base_domain = "demand.localhost"};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str label;
		enum host_kind kind = host_classify(&config, *state, str_from(cases[i].host), &label);

		if (kind != cases[i].kind || !str_equal(label, str_from(cases[i].label)))
			fail_msg("%s is %d, %.*s", cases[i].host ? cases[i].host : "(absent)", (int)kind,
				 STR_FMT_ARG(label));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_slugs),
		cmocka_unit_test(any_bytes_give_a_good_slug),
		cmocka_unit_test(the_form_of_a_slug_is_strict),
		cmocka_unit_test(ours_and_what_looks_like_ours_is_reserved),
		cmocka_unit_test(an_unacceptable_slug_says_why),
		cmocka_unit_test(hosts_are_told_apart),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
