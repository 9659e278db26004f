/*
 * How long it takes to know the tenant behind a name, and how long one password takes, without anything around it.
 *
 *   resolve CONFIG TENANTS      names bench-00001 … ; prints name and microseconds: cold_p50 cold_p99 warm_p50 warm_p99 password
 */
#include "lib/base/clock.h"
#include "lib/tenant/password.h"
#include "lib/tenant/tenant.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST 2000 /* look-ups past the cache */
#define WARM_ROUNDS 20

static double now_microseconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void print(const char *name, double *times, size_t count)
{
	qsort(times, count, sizeof(*times), ascending);
	(void)printf("%s_p50\t%.2f\n%s_p99\t%.2f\n", name, times[count / 2], name, times[count * 99 / 100]);
}

static double resolve(struct resolver *resolver, size_t number)
{
	struct arena *arena = arena_new((size_t)64 * 1024);
	struct str slug = arena_printf(arena, "bench-%05zu", number);
	struct tenant *tenant;
	double started = now_microseconds();
	enum err err = resolver_by_slug(resolver, arena, slug, &tenant);
	double took = now_microseconds() - started;

	if (err) {
		(void)fprintf(stderr, "resolve: %.*s is not there (%d)\n", STR_FMT_ARG(slug), (int)err);
		exit(1);
	}
	arena_free(arena);
	return took;
}

static void password(void)
{
	struct arena *arena = arena_new((size_t)64 * 1024);
	double times[9];

	for (size_t i = 0; i < COUNT_OF(times); i++) {
		double started = now_microseconds();

		if (password_verify(STR_NONE, STR("bench-bench-bench-kettle")) == OK)
			abort();
		times[i] = now_microseconds() - started;
	}
	qsort(times, COUNT_OF(times), sizeof(*times), ascending);
	(void)printf("password\t%.0f\n", times[COUNT_OF(times) / 2]);
	arena_free(arena);
}

int main(int count, char **arguments)
{
	static double cold[MOST], warm[MOST * WARM_ROUNDS];
	struct buffer complaints = BUFFER_IN(NULL);
	struct config config;
	int64_t tenants;
	size_t names;

	if (count != 3 || !str_to_int64(str_from(arguments[2]), &tenants) || tenants < 1 || sodium_init() < 0 ||
	    !config_load(&config, arguments[1], &complaints))
		return 2;
	names = tenants < MOST ? (size_t)tenants : MOST;
	size_t passes = MOST / names;
	struct pg *pg = pg_new(config.database, config.app_role);
	struct resolver *resolver = resolver_new(pg);
	/* Connecting and preparing is not resolving. */
	(void)resolve(resolver, 1);
	for (size_t i = 0; i < names * passes; i++) {
		if (i % names == 0) {
			resolver_free(resolver);
			resolver = resolver_new(pg);
		}
		cold[i] = resolve(resolver, i % names + 1);
	}
	for (size_t i = 0; i < names * WARM_ROUNDS; i++)
		warm[i] = resolve(resolver, i % names + 1);
	print("cold", cold, names * passes);
	print("warm", warm, names * WARM_ROUNDS);
	password();
	resolver_free(resolver);
	pg_free(pg);
	return 0;
}
