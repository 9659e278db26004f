/*
 * What the database tests of lib/tenant share. They run against DEMAND_TEST_DATABASE (tests/support/postgres.sh with roles and migrations applied), make
 * tenants of their own with names nobody else has, and leave them there.
 */
#ifndef DEMAND_TENANT_FIXTURE_H
#define DEMAND_TENANT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/entity/entity.h"
#include "lib/tenant/provision.h"

struct world {
	struct arena *arena;
	struct pg *app, *auth, *super; /* as demand_app, demand_auth, the cluster's superuser */
	struct resolver *resolver;     /* on app */
};

/* cmocka's group setup: *state is a struct world. */
int world_start(void **state);
int world_stop(void **state);
/* Fresh connections; for a process that was forked. */
struct world *world_open(void);

/* A name that no other run has: "<stem>-<random>". */
struct str unique_slug(struct world *, const char *stem);
/* A tenant on a plan with its owner (no password hash); asserts success. */
const struct tenant *new_tenant(struct world *, const char *plan, struct tenant_made *made);
const struct tenant *resolve(struct world *, struct str slug);
/* The principal of a user, as principal_find would give it. */
struct principal *acting(struct world *, struct uuid user, enum role);
struct record *record_of(struct world *, const struct entity *, const char *const *pairs); /* name, value, …, NULL */
/* Runs the statement as superuser with $1 = the tenant; for what no role of the product may do. Gives the first column, or -1. */
int64_t super(struct world *, const struct statement *, struct uuid tenant);
const char *code_at(const struct errors *, const char *field); /* "" when there is none */

/*
 * Forks `racers` processes with connections of their own, lets them go at the same moment and counts what they return (0 to 15).
 * Asserts that all of them ended.
 */
struct race {
	int results[16];
};
struct race run_race(int racers, int (*run)(struct world *, int racer, const void *context), const void *context);

/* Asserts OK and names the place. */
#define MUST(expression) assert_int_equal((expression), OK)

#endif
