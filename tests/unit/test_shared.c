/* The memory that workers share: calls are counted by many, taken once, and none is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/shared.h"

#include <sys/wait.h>
#include <unistd.h>

static void calls_of_many_processes_add_up(void **state)
{
	struct shared *shared = shared_new(4, 100);
	struct uuid tenants[3] = {uuid_new(), uuid_new(), uuid_new()}, tenant;
	pid_t children[4];
	size_t cursor = 0;
	int64_t count, seen = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			for (int n = 0; n < 3000; n++)
				if (!shared_count_call(shared, tenants[n % 3]))
					_exit(1);
			_exit(0);
		}
	}
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	while (shared_take_calls(shared, &cursor, &tenant, &count)) {
		assert_true(uuid_equal(tenant, tenants[0]) || uuid_equal(tenant, tenants[1]) ||
			    uuid_equal(tenant, tenants[2]));
		assert_int_equal(count, 4000);
		seen++;
	}
	assert_int_equal(seen, 3);
	cursor = 0;
	assert_false(shared_take_calls(shared, &cursor, &tenant, &count));
	shared_free(shared);
}

static void half_of_the_workers_send_long_bodies_and_a_quarter_for_one(void **state)
{
	struct shared *shared = shared_new(8, 100);
	struct uuid one = uuid_new(), other = uuid_new(), third = uuid_new();

	(void)state;
	assert_true(shared_stream_begin(shared, shared_worker(shared, 0), one));
	assert_true(shared_stream_begin(shared, shared_worker(shared, 1), one));
	assert_false(shared_stream_begin(shared, shared_worker(shared, 2), one));
	assert_true(shared_stream_begin(shared, shared_worker(shared, 2), other));
	assert_true(shared_stream_begin(shared, shared_worker(shared, 3), other));
	assert_false(shared_stream_begin(shared, shared_worker(shared, 4), third));
	shared_stream_end(shared_worker(shared, 0));
	assert_true(shared_stream_begin(shared, shared_worker(shared, 4), third));
	assert_false(shared_stream_begin(shared, shared_worker(shared, 0), one));
	shared_free(shared);
	/* And be there only one worker. */
	shared = shared_new(1, 100);
	assert_true(shared_stream_begin(shared, shared_worker(shared, 0), one));
	shared_stream_end(shared_worker(shared, 0));
	assert_true(shared_stream_begin(shared, shared_worker(shared, 0), other));
	shared_free(shared);
}

static void what_could_not_be_written_comes_again(void **state)
{
	struct shared *shared = shared_new(1, 100);
	struct uuid id = uuid_new(), tenant;
	size_t cursor = 0;
	int64_t count;

	(void)state;
	assert_true(shared_count_call(shared, id));
	assert_true(shared_take_calls(shared, &cursor, &tenant, &count));
	shared_return_calls(shared, cursor, count);
	cursor = 0;
	assert_true(shared_take_calls(shared, &cursor, &tenant, &count));
	assert_int_equal(count, 1);
	assert_true(uuid_equal(tenant, id));
	shared_free(shared);
}

static void a_full_table_says_so(void **state)
{
	struct shared *shared = shared_new(1, 100);
	int64_t count, counted = 0, taken = 0;
	struct uuid tenant;
	size_t cursor = 0;

	(void)state;
	for (int i = 0; i < 40000; i++)
		counted += shared_count_call(shared, uuid_new());
	assert_in_range(counted, 10000, 16384);
	while (shared_take_calls(shared, &cursor, &tenant, &count))
		taken += count;
	assert_int_equal(taken, counted);
	shared_free(shared);
}

static void one_of_many_does_the_flush(void **state)
{
	struct shared *shared = shared_new(1, 100);

	(void)state;
	assert_true(shared_flush_due(shared, 1000, 500));
	assert_false(shared_flush_due(shared, 1100, 500));
	assert_true(shared_flush_due(shared, 1500, 500));
	assert_true(shared_flush_due(shared, 1501, 0));
	shared_free(shared);
}

static void every_worker_has_a_slot(void **state)
{
	struct shared *shared = shared_new(3, 100);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(atomic_load(&shared_worker(shared, i)->busy_since), 0);
		atomic_store(&shared_worker(shared, i)->busy_since, (int64_t)i + 1);
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(atomic_load(&shared_worker(shared, i)->busy_since), (int64_t)i + 1);
	shared_free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_of_many_processes_add_up),
		cmocka_unit_test(half_of_the_workers_send_long_bodies_and_a_quarter_for_one),
		cmocka_unit_test(what_could_not_be_written_comes_again),
		cmocka_unit_test(a_full_table_says_so),
		cmocka_unit_test(one_of_many_does_the_flush),
		cmocka_unit_test(every_worker_has_a_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
