/* What one call writes to standard error, byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/text/json.h"

/* Packets keep their bounds: what one write(2) sent is one packet, so two writes for a line would be seen. */
static int reading, standard_error;

static int begin(void **state)
{
	(void)state;
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return -1;
	reading = pair[0];
	standard_error = dup(STDERR_FILENO);
	(void)fcntl(reading, F_SETFL, O_NONBLOCK);
	if (dup2(pair[1], STDERR_FILENO) < 0)
		return -1;
	(void)close(pair[1]);
	log_start("test", LOG_INFO);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)dup2(standard_error, STDERR_FILENO);
	(void)close(standard_error);
	(void)close(reading);
	return 0;
}

static char packet[65536];

static struct str next_line(void)
{
	ssize_t length = recv(reading, packet, sizeof(packet), 0);
	return length < 0 ? STR_NONE : (struct str){packet, (size_t)length};
}

/* The line must be one JSON object and one line of at most 8 KiB. */
static const struct value *parse(struct arena *arena, struct str line)
{
	struct value *object = NULL;
	struct str why = STR_NONE;
	assert_false(str_absent(line));
	assert_true(line.n <= 8192);
	assert_ptr_equal(memchr(line.p, '\n', line.n), line.p + line.n - 1);
	if (json_parse(arena, (struct str){line.p, line.n - 1}, &json_limits_request, &object, &why) != OK)
		fail_msg("%.*s: %.*s", STR_FMT_ARG(why), STR_FMT_ARG(line));
	return object;
}

static const char *text_of(struct arena *arena, const struct value *object, const char *name)
{
	return arena_c_string(arena, value_as_str(value_get(object, str_from(name))));
}

static void a_line_says_when_who_and_what(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	log_event(LOG_WARNING, "worker_replaced", "after %d requests", 10000);
	const struct value *line = parse(arena, next_line());
	int64_t when;
	assert_true(clock_from_rfc3339(value_as_str(value_get(line, STR("time"))), &when));
	assert_true(llabs(when - clock_now()) < 10 * MICROSECONDS_PER_SECOND);
	assert_string_equal(text_of(arena, line, "level"), "warning");
	assert_string_equal(text_of(arena, line, "program"), "test");
	assert_int_equal(atol(text_of(arena, line, "pid")), getpid());
	assert_string_equal(text_of(arena, line, "event"), "worker_replaced");
	assert_string_equal(text_of(arena, line, "message"), "after 10000 requests");
	assert_true(str_absent(next_line()));
	arena_free(arena);
}

static void lower_levels_are_silent(void **state)
{
	(void)state;
	struct buffer members = BUFFER_IN(NULL);
	log_event(LOG_DEBUG, "quiet", "%s", "");
	log_members(LOG_DEBUG, "quiet", &members);
	assert_true(str_absent(next_line()));
	log_start("test", LOG_ERROR);
	log_event(LOG_WARNING, "quiet", "%s", "");
	assert_true(str_absent(next_line()));
	log_event(LOG_ERROR, "loud", "%s", "");
	assert_false(str_absent(next_line()));
	log_start("test", LOG_INFO);
}

static void hostile_bytes_cannot_forge_a_line(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	static const struct {
		const char *sent, *read;
	} cases[] = {
		{"a\n{\"level\":\"error\"}", "a\n{\"level\":\"error\"}"},
		{"\",\"x\":\"y\\", "\",\"x\":\"y\\"},
		{"\x1B[31m\x7F\r\x01", "\x1B[31m\x7F\r\x01"},
		{"\xFF\xC0\xAFz", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"},
		{"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xC2\x9B", "\xEF\xBF\xBD"}, /* C1: some terminals obey it */
		{"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		log_event(LOG_INFO, "hostile", "%s", cases[i].sent);
		assert_string_equal(text_of(arena, parse(arena, next_line()), "message"), cases[i].read);
		struct buffer members = BUFFER_IN(arena);
		log_member_str(&members, "path", str_from(cases[i].sent));
		log_members(LOG_INFO, "hostile", &members);
		assert_string_equal(text_of(arena, parse(arena, next_line()), "path"), cases[i].read);
	}
	arena_free(arena);
}

static void long_messages_are_cut_and_stay_json(void **state)
{
	(void)state;
	static const char *const fills[] = {"x", "\"", "\x01", "\xE2\x82\xAC", "\xFF"};
	for (size_t i = 0; i < COUNT_OF(fills); i++)
		for (size_t length = 7900; length < 8300; length++) {
			struct arena *arena = arena_new(1 << 20);
			struct buffer text = BUFFER_IN(arena);
			while (text.length < length)
				buffer_add_str(&text, str_from(fills[i]));
			log_event(LOG_INFO, "long", "%s", buffer_str(&text).p);
			const char *message = text_of(arena, parse(arena, next_line()), "message");
			if (length > 8200)
				assert_true(str_ends(str_from(message), STR("...")));
			arena_free(arena);
		}
}

static void a_long_event_is_cut(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	char event[10000];
	memset(event, 'e', sizeof(event) - 1);
	event[sizeof(event) - 1] = '\0';
	log_event(LOG_INFO, event, "%s", "still here");
	assert_string_equal(text_of(arena, parse(arena, next_line()), "message"), "still here");
	arena_free(arena);
}

static void members_are_added_and_cut_between_two(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	struct buffer members = BUFFER_IN(arena);
	log_member_str(&members, "request_id", STR("r,\"1"));
	log_member_str(&members, "nothing", STR_NONE);
	log_member_int(&members, "status", -200);
	log_member_decimal(&members, "seconds", 0.12345);
	log_member_decimal(&members, "broken", (double)NAN);
	log_members(LOG_INFO, "request", &members);
	const struct value *line = parse(arena, next_line());
	assert_string_equal(text_of(arena, line, "request_id"), "r,\"1");
	assert_int_equal(value_type(value_get(line, STR("nothing"))), VALUE_NULL);
	assert_string_equal(text_of(arena, line, "status"), "-200");
	assert_string_equal(text_of(arena, line, "seconds"), "0.123");
	assert_int_equal(value_type(value_get(line, STR("broken"))), VALUE_NULL);
	assert_null(value_get(line, STR("truncated")));

	for (size_t length = 7900; length < 8200; length++) {
		struct buffer long_members = BUFFER_IN(arena);
		char *filler = arena_alloc(arena, length);
		memset(filler, ',', length);
		filler[0] = '"';
		log_member_str(&long_members, "request_id", STR("r2"));
		log_member_str(&long_members, "filler", (struct str){filler, length});
		log_member_str(&long_members, "last", STR("z"));
		log_members(LOG_INFO, "request", &long_members);
		line = parse(arena, next_line());
		assert_string_equal(text_of(arena, line, "request_id"), "r2");
		bool whole = value_get(line, STR("last")) != NULL;
		assert_int_equal(value_truth(value_get(line, STR("truncated"))), !whole);
		assert_true(whole || length > 7950);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void levels_have_names(void **state)
{
	(void)state;
	enum log_level level = LOG_DEBUG;
	assert_true(log_level_from(STR("error"), &level));
	assert_int_equal(level, LOG_ERROR);
	assert_false(log_level_from(STR("ERROR"), &level));
	assert_false(log_level_from(STR(""), &level));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_says_when_who_and_what, begin, end),
		cmocka_unit_test_setup_teardown(lower_levels_are_silent, begin, end),
		cmocka_unit_test_setup_teardown(hostile_bytes_cannot_forge_a_line, begin, end),
		cmocka_unit_test_setup_teardown(long_messages_are_cut_and_stay_json, begin, end),
		cmocka_unit_test_setup_teardown(a_long_event_is_cut, begin, end),
		cmocka_unit_test_setup_teardown(members_are_added_and_cut_between_two, begin, end),
		cmocka_unit_test(levels_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
