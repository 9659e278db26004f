/* Bodies larger than memory: how much an address takes, and that the bytes come back as they came. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "fcgi/large_body.h"
#include "fcgi/request.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Bytes that follow from their place; in parts of changing length. */
struct sender {
	size_t sent, most;
};

static char byte_at(size_t at)
{
	return (char)(at * 31 + at / 4096);
}

static int send_some(void *from, char *bytes, int most)
{
	struct sender *sender = from;
	size_t part = sender->sent % 1000 + 1;

	part = part < (size_t)most ? part : (size_t)most;
	part = part < sender->most - sender->sent ? part : sender->most - sender->sent;
	for (size_t i = 0; i < part; i++)
		bytes[i] = byte_at(sender->sent + i);
	sender->sent += part;
	return (int)part;
}

static void only_uploads_may_be_large(void **state)
{
	(void)state;
	assert_int_equal(body_most(METHOD_POST, STR("/leads")), REQUEST_BODY_MOST);
	assert_int_equal(body_most(METHOD_PATCH, STR("/imports")), REQUEST_BODY_MOST);
	assert_int_equal(body_most(METHOD_POST, STR("/imports/")), REQUEST_BODY_MOST);
	assert_true(body_most(METHOD_POST, STR("/imports")) > UPLOAD_MOST);
	assert_true(body_most(METHOD_POST, STR("/api/imports")) > UPLOAD_MOST);
}

static void nginx_is_told_how_large(void **state)
{
	struct buffer out = BUFFER_IN(arena);

	(void)state;
	large_body_locations(&out);
	assert_non_null(strstr(out.bytes, "= /imports 52m\n"));
	assert_non_null(strstr(out.bytes, "= /api/imports 52m\n"));
}

static void bytes_come_back_as_they_came(void **state)
{
	struct sender sender = {.most = 5 * 1024 * 1024 + 17};
	struct str body;

	(void)state;
	assert_true(large_body_read(arena, send_some, &sender, sender.most, &body));
	assert_int_equal(body.n, sender.most);
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != byte_at(i))
			fail_msg("byte %zu differs", i);
	/* More than the arena may hold: it is not in there. */
	assert_true(arena_used(arena) < 4096);
}

static void a_body_that_stops_early_is_none(void **state)
{
	struct sender sender = {.most = 2 * 1024 * 1024};
	struct str body = STR("");

	(void)state;
	assert_false(large_body_read(arena, send_some, &sender, sender.most + 1, &body));
	assert_int_equal(body.n, 0);
}

static void another_folder_is_tried(void **state)
{
	struct sender sender = {.most = 10};
	struct str body;

	(void)state;
	/* Without a folder to put it, the one that everybody has is tried. */
	assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
	assert_true(large_body_read(arena, send_some, &sender, sender.most, &body));
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_uploads_may_be_large, setup, teardown),
		cmocka_unit_test_setup_teardown(nginx_is_told_how_large, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_come_back_as_they_came, setup, teardown),
		cmocka_unit_test_setup_teardown(a_body_that_stops_early_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(another_folder_is_tried, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
