#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/config.h"

static char folder[] = "/tmp/demand-config-XXXXXX";
static char path[64];
static struct buffer complaints;
static struct config config;

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)rmdir(folder);
	buffer_free(&complaints);
	return 0;
}

static void write_file(struct str text, mode_t mode)
{
	(void)unlink(path); /* an earlier one may forbid writing, to anybody but root */
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static bool load(const char *text)
{
	write_file(str_from(text), 0644);
	buffer_clear(&complaints);
	return config_load(&config, path, &complaints);
}

static void every_setting_has_a_default(void **state)
{
	(void)state;
	buffer_clear(&complaints);
	assert_true(config_load(&config, NULL, &complaints));
	assert_string_equal(config.base_domain, "demand.localhost");
	assert_int_equal(config.public_port, 8443);
	assert_string_equal(config.app_role, "demand_app");
	assert_string_equal(config.socket_group, "");
	assert_string_equal(config.log_level, "info");
	/* No member is forgotten in the table: each is a pointer or a number that is written. */
	const char *const *texts[] = {&config.database,       &config.auth_role,       &config.pepper_file,
				      &config.web_socket,     &config.password_socket, &config.template_folder,
				      &config.static_version, &config.static_folder,   &config.migration_folder,
				      &config.certificate};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_true(*texts[i] != NULL && **texts[i] != '\0');
	assert_int_equal(config.web_workers, 0);
	assert_true(config.password_workers > 0 && config.requests_per_worker > 0 && config.request_seconds > 0);
	struct buffer printed = BUFFER_IN(NULL);
	config_print(&config, &printed);
	size_t lines = 0;
	for (size_t i = 0; i < printed.length; i++)
		lines += printed.bytes[i] == '\n';
	assert_int_equal(lines, sizeof(struct config) / sizeof(int64_t)); /* all members are eight bytes wide */
	buffer_free(&printed);
}

static void a_file_is_read(void **state)
{
	(void)state;
	assert_true(
		load("# a comment\n\n  base_domain =  crm.example.com  # behind\r\npublic_port=443\n"
		     "database = host=/run/pg dbname=demand options='-c x=y#z'\n\tsocket_group =\nlog_level = debug"));
	assert_string_equal(config.base_domain, "crm.example.com");
	assert_int_equal(config.public_port, 443);
	assert_string_equal(config.database, "host=/run/pg dbname=demand options='-c x=y#z'");
	assert_string_equal(config.socket_group, "");
	assert_string_equal(config.log_level, "debug");
	assert_string_equal(config.app_role, "demand_app");
}

static void mistakes_are_named_with_their_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *complaint;
	} cases[] = {
		{"base_domian = x.org", ":1: base_domian is not a setting\n"},
		{"\npublic_port = 0", ":2: public_port is out of range\n"},
		{"public_port = 65536", ":1: public_port is out of range\n"},
		{"public_port = 8443x", ":1: public_port must be a whole number\n"},
		{"public_port =", ":1: public_port must be a whole number\n"},
		{"public_port", ":1: public_port is not followed by '= value'\n"},
		{"= 5", ":1:  is not a setting\n"},
		{"app_role = a\napp_role = b", ":2: app_role occurs twice\n"},
		{"app_role =", ":1: app_role must not be empty\n"},
		{"app_role = \xFF", ":1: app_role is too long or not plain text\n"},
		{"app_role = a\x01", ":1: app_role is too long or not plain text\n"},
		{"log_level = loud", ":1: log_level must be debug, info, warning or error\n"},
		{"base_domain = Example.com", ":1: base_domain must be a domain name in lower case\n"},
		{"base_domain = .example.com", ":1: base_domain must be a domain name in lower case\n"},
		{"base_domain = example.com.", ":1: base_domain must be a domain name in lower case\n"},
		{"base_domain = -x.com", ":1: base_domain must be a domain name in lower case\n"},
		{"base_domain = a/b", ":1: base_domain must be a domain name in lower case\n"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_false(load(cases[i].text));
		assert_string_equal(complaints.bytes + strlen(path), cases[i].complaint);
	}
	assert_false(load("a = 1\nb = 2\n"));
	assert_non_null(strstr(complaints.bytes, ":2: b is not a setting"));
}

static void a_file_that_cannot_be_read_is_a_complaint(void **state)
{
	(void)state;
	buffer_clear(&complaints);
	assert_false(config_load(&config, "/nonexistent/demand.conf", &complaints));
	assert_string_equal(complaints.bytes, "/nonexistent/demand.conf: No such file or directory\n");
	buffer_clear(&complaints);
	assert_false(config_load(&config, folder, &complaints));
	char *large = malloc(65537);
	assert_non_null(large);
	memset(large, '\n', 65537);
	write_file((struct str){large, 65537}, 0644);
	free(large);
	assert_false(config_load(&config, path, &complaints));
}

static void the_environment_overrides_the_file(void **state)
{
	(void)state;
	(void)setenv("DEMAND_PUBLIC_PORT", "9443", 1);
	(void)setenv("DEMAND_STATE", "not ours to judge", 1);
	assert_true(load("public_port = 443\n"));
	assert_int_equal(config.public_port, 9443);
	(void)setenv("DEMAND_PUBLIC_PORT", "-1", 1);
	assert_false(load("public_port = 443\n"));
	assert_string_equal(complaints.bytes, "environment: DEMAND_PUBLIC_PORT is out of range\n");
	(void)unsetenv("DEMAND_PUBLIC_PORT");
	(void)unsetenv("DEMAND_STATE");
	assert_true(load("public_port = 443\n"));
	assert_int_equal(config.public_port, 443);
}

static void what_is_printed_can_be_read_back(void **state)
{
	(void)state;
	assert_true(load("base_domain = crm.example.com\nweb_workers = 7\nsocket_group = www\nstatic_version = a#b\n"));
	struct buffer first = BUFFER_IN(NULL), second = BUFFER_IN(NULL);
	config_print(&config, &first);
	assert_non_null(strstr(first.bytes, "web_workers = 7  # "));
	assert_true(load(first.bytes));
	config_print(&config, &second);
	assert_string_equal(first.bytes, second.bytes);
	buffer_free(&first);
	buffer_free(&second);
}

static void links_leave_port_443_out(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	assert_true(load("public_port = 443\n"));
	assert_true(str_is(config_origin(&config, arena, "acme"), "https://acme.demand.localhost"));
	assert_true(load(""));
	assert_true(str_is(config_origin(&config, arena, "acme"), "https://acme.demand.localhost:8443"));
	assert_true(str_is(config_origin(&config, arena, NULL), "https://demand.localhost:8443"));
	assert_true(str_is(config_origin(&config, arena, ""), "https://demand.localhost:8443"));
	arena_free(arena);
}

static bool pepper(const char *text, mode_t mode, uint8_t out[32])
{
	write_file(str_from(text), mode);
	config.pepper_file = path;
	buffer_clear(&complaints);
	return config_pepper(&config, out, &complaints);
}

#define PEPPER "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static void the_pepper_is_64_hex_digits_of_its_owner_alone(void **state)
{
	(void)state;
	uint8_t bytes[32];
	assert_true(pepper(PEPPER "\n", 0600, bytes));
	for (uint8_t i = 0; i < 32; i++)
		assert_int_equal(bytes[i], i);
	assert_true(pepper(PEPPER, 0400, bytes));
	static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0644};
	for (size_t i = 0; i < COUNT_OF(open_modes); i++)
		assert_false(pepper(PEPPER, open_modes[i], bytes));
	static const char *const bad[] = {"", "00", PEPPER "00", PEPPER PEPPER "\n", "xy" PEPPER};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(pepper(bad[i], 0600, bytes));
		assert_null(strstr(complaints.bytes, "0001020304")); /* the secret is not repeated */
	}
	config.pepper_file = "/nonexistent/pepper";
	assert_false(config_pepper(&config, bytes, &complaints));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_has_a_default),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(mistakes_are_named_with_their_line),
		cmocka_unit_test(a_file_that_cannot_be_read_is_a_complaint),
		cmocka_unit_test(the_environment_overrides_the_file),
		cmocka_unit_test(what_is_printed_can_be_read_back),
		cmocka_unit_test(links_leave_port_443_out),
		cmocka_unit_test(the_pepper_is_64_hex_digits_of_its_owner_alone),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
