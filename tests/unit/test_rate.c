/* Token buckets: their numbers, their keys, and that many processes together take no more than there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/rate.h"

#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared *shared;
static struct arena *arena;

static int make(void **state)
{
	(void)state;
	shared = shared_new(1, 100);
	arena = arena_new((size_t)1 << 20);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	shared_free(shared);
	arena_free(arena);
	return 0;
}

static int take_all(unsigned class, struct str key)
{
	int64_t wait;
	int taken = 0;

	while (taken < 100000 && rate_take(shared, class, key, &wait))
		taken++;
	return taken;
}

static void a_bucket_holds_its_burst(void **state)
{
	int64_t wait;

	(void)state;
	/* One more may drip in while we count. */
	assert_in_range(take_all(RATE_LOGIN, STR("203.0.113.7")), 10, 11);
	assert_in_range(take_all(RATE_ACCOUNT, STR("t/who@example.com")), 5, 6);
	assert_in_range(take_all(RATE_READ, STR("k")), 300, 320);
	assert_false(rate_take(shared, RATE_LOGIN, STR("203.0.113.7"), &wait));
	assert_in_range(wait, 1, 3);
	/* Keys and classes do not share. */
	assert_true(rate_take(shared, RATE_LOGIN, STR("203.0.113.8"), &wait));
	assert_true(rate_take(shared, RATE_SIGNUP, STR("203.0.113.7"), &wait));
	assert_int_equal(take_all(RATE_FREE, STR("x")), 100000);
}

static void a_bucket_fills_again(void **state)
{
	int64_t wait;
	struct rate_answer answer;

	(void)state;
	(void)take_all(RATE_WRITE, STR("k")); /* 600 a minute: one in a tenth of a second */
	answer = rate_ask(shared, RATE_WRITE, STR("k"), false);
	assert_false(answer.allowed);
	assert_int_equal(answer.remaining, 0);
	assert_int_equal(answer.quota, 600);
	assert_in_range(answer.reset, 28, 31);
	(void)usleep(350000);
	answer = rate_ask(shared, RATE_WRITE, STR("k"), false);
	assert_true(answer.allowed);
	assert_in_range(answer.remaining, 2, 4);
	assert_true(rate_take(shared, RATE_WRITE, STR("k"), &wait));
}

static void looking_takes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(rate_ask(shared, RATE_ACCOUNT, STR("k"), false).allowed);
	assert_int_equal(rate_ask(shared, RATE_ACCOUNT, STR("k"), true).remaining, 4);
}

static void the_scale_multiplies(void **state)
{
	(void)state;
	shared_free(shared);
	shared = shared_new(1, 1000);
	assert_in_range(take_all(RATE_LOGIN, STR("k")), 100, 105);
}

#define TAKERS 2
#define ROUNDS 2000

/* Memory that the takers share: how far each is, and what it got in each round. */
struct contest {
	_Atomic int round[TAKERS];
	int taken[TAKERS][ROUNDS];
};

/* In each round all begin at the same moment, on a bucket that nobody has used: whoever makes it must not give back what another one has taken. */
static void take_part(struct contest *contest, int who)
{
	for (int round = 0; round < ROUNDS; round++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%d", round);
		atomic_store(&contest->round[who], round + 1);
		for (int other = 0; other < TAKERS; other++)
			while (atomic_load(&contest->round[other]) <= round)
				(void)sched_yield();
		contest->taken[who][round] = take_all(RATE_LOGIN, str_from(key));
	}
}

static void many_processes_share_one_bucket(void **state)
{
	struct contest *contest =
		mmap(NULL, sizeof(*contest), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t children[TAKERS];

	(void)state;
	assert_true(contest != MAP_FAILED);
	for (int who = 0; who < TAKERS; who++) {
		children[who] = fork();
		assert_true(children[who] >= 0);
		if (children[who] == 0) {
			take_part(contest, who);
			_exit(0);
		}
	}
	for (int who = 0; who < TAKERS; who++) {
		int status;

		assert_int_equal(waitpid(children[who], &status, 0), children[who]);
		assert_int_equal(status, 0);
	}
	for (int round = 0; round < ROUNDS; round++)
		assert_in_range(contest->taken[0][round] + contest->taken[1][round], 10, 11);
	(void)munmap(contest, sizeof(*contest));
}

static void a_crowded_table_still_limits_who_comes_often(void **state)
{
	(void)state;
	/* Many more strangers than places; each comes once. */
	for (int i = 0; i < 400000; i++) {
		char key[16];
		int n = i, at = 0;

		for (; at < 7; at++, n /= 10)
			key[at] = (char)('0' + n % 10);
		(void)rate_ask(shared, RATE_LOGIN, (struct str){key, (size_t)at}, true);
	}
	assert_in_range(take_all(RATE_LOGIN, STR("often")), 10, 11);
}

static void addresses_are_grouped(void **state)
{
	(void)state;
	assert_true(str_is(rate_address_key(arena, STR("203.0.113.7")), "203.0.113.7"));
	assert_true(str_equal(rate_address_key(arena, STR("2001:db8:1:2:3::4")),
			      rate_address_key(arena, STR("2001:0db8:1:2::9"))));
	assert_false(str_equal(rate_address_key(arena, STR("2001:db8:1:2::1")),
			       rate_address_key(arena, STR("2001:db8:1:3::1"))));
	assert_true(str_is(rate_address_key(arena, STR("::ffff:203.0.113.7")), "203.0.113.7"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bucket_holds_its_burst),        TEST(a_bucket_fills_again),
		TEST(looking_takes_nothing),           TEST(the_scale_multiplies),
		TEST(many_processes_share_one_bucket), TEST(a_crowded_table_still_limits_who_comes_often),
		TEST(addresses_are_grouped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
