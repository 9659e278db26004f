/* The resolver's memory: what is found, what is forgotten, and that it stays bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/pg/scope.h"
#include "lib/tenant/resolver_cache.h"

struct fixture {
	struct arena *arena;
	struct resolver_cache *cache;
};

static int start(void **state)
{
	struct arena *arena = arena_new(64 << 20);
	struct fixture *f = ARENA_NEW(arena, struct fixture);

	*f = (struct fixture){arena, resolver_cache_new()};
	*state = f;
	return 0;
}

static int stop(void **state)
{
	struct fixture *f = *state;

	resolver_cache_free(f->cache);
	arena_free(f->arena);
	return 0;
}

static struct tenant tenant_number(struct fixture *f, unsigned number)
{
	return (struct tenant){
		.id = uuid_new(),
		.slug = arena_printf(f->arena, "tenant-%u", number),
		.code = arena_printf(f->arena, "code%04u", number),
		.name = STR("Acme"),
		.company_name = STR("Acme Heating, Inc."),
		.industry = STR("hvac"),
		.time_zone = STR("UTC"),
		.status = TENANT_ACTIVE,
		.plan = &plans[1],
		.max_leads = 5000,
	};
}

static enum resolver_found by_slug(struct fixture *f, const char *slug, struct tenant **out)
{
	return resolver_cache_find(f->cache, f->arena, RESOLVER_SLUG, str_from(slug), 0, 0, out);
}

static void a_tenant_is_found_by_slug_and_by_code(void **state)
{
	struct fixture *f = *state;
	struct tenant tenant = tenant_number(f, 1), *found;

	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_ABSENT);
	resolver_cache_add(f->cache, &tenant, 10);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_KNOWN);
	assert_true(uuid_equal(found->id, tenant.id));
	assert_true(str_is(found->company_name, "Acme Heating, Inc."));
	assert_true(uuid_equal(scope_tenant(found->scope), tenant.id));
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_CODE, STR("code0001"), 0, 0, &found),
			 RESOLVER_KNOWN);
	assert_int_equal(by_slug(f, "code0001", &found), RESOLVER_ABSENT);
	assert_int_equal(by_slug(f, "tenant-", &found), RESOLVER_ABSENT);
}

static void the_copy_outlives_the_entry(void **state)
{
	struct fixture *f = *state;
	struct tenant tenant = tenant_number(f, 1), *found;

	resolver_cache_add(f->cache, &tenant, 10);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_KNOWN);
	resolver_cache_clear(f->cache);
	assert_true(str_is(found->slug, "tenant-1"));
	assert_true(str_is(found->time_zone, "UTC"));
}

static void what_is_too_old_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct tenant tenant = tenant_number(f, 1), *found;

	resolver_cache_add(f->cache, &tenant, 100);
	resolver_cache_add_unknown(f->cache, RESOLVER_SLUG, STR("nobody"), 100);
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_SLUG, STR("tenant-1"), 100, 200, &found),
			 RESOLVER_KNOWN);
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_SLUG, STR("nobody"), 200, 100, &found),
			 RESOLVER_UNKNOWN);
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_SLUG, STR("tenant-1"), 101, 0, &found),
			 RESOLVER_ABSENT);
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_SLUG, STR("nobody"), 0, 101, &found),
			 RESOLVER_ABSENT);
	assert_int_equal(resolver_cache_count(f->cache), 0);
}

static void a_change_drops_that_tenant_alone(void **state)
{
	struct fixture *f = *state;
	struct tenant one = tenant_number(f, 1), two = tenant_number(f, 2), *found;
	uint64_t generation = resolver_cache_generation(f->cache);

	resolver_cache_add(f->cache, &one, 10);
	resolver_cache_add(f->cache, &two, 10);
	resolver_cache_add_unknown(f->cache, RESOLVER_SLUG, STR("nobody"), 10);
	resolver_cache_drop(f->cache, one.id);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_ABSENT);
	assert_int_equal(resolver_cache_find(f->cache, f->arena, RESOLVER_CODE, one.code, 0, 0, &found),
			 RESOLVER_ABSENT);
	assert_int_equal(by_slug(f, "tenant-2", &found), RESOLVER_KNOWN);
	assert_int_equal(by_slug(f, "nobody", &found), RESOLVER_UNKNOWN);
	assert_true(resolver_cache_generation(f->cache) > generation);
}

static void a_new_tenant_drops_the_unknown_names(void **state)
{
	struct fixture *f = *state;
	struct tenant *found;

	resolver_cache_add_unknown(f->cache, RESOLVER_SLUG, STR("soon-there"), 10);
	resolver_cache_add_unknown(f->cache, RESOLVER_CODE, STR("code9999"), 10);
	assert_int_equal(by_slug(f, "soon-there", &found), RESOLVER_UNKNOWN);
	resolver_cache_drop(f->cache, uuid_new());
	assert_int_equal(by_slug(f, "soon-there", &found), RESOLVER_ABSENT);
	assert_int_equal(resolver_cache_count(f->cache), 0);
}

static void a_newer_snapshot_replaces_the_older(void **state)
{
	struct fixture *f = *state;
	struct tenant tenant = tenant_number(f, 1), *found;

	resolver_cache_add_unknown(f->cache, RESOLVER_SLUG, tenant.slug, 5);
	resolver_cache_add(f->cache, &tenant, 10);
	tenant.status = TENANT_SUSPENDED;
	resolver_cache_add(f->cache, &tenant, 11);
	assert_int_equal(resolver_cache_count(f->cache), 1);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_KNOWN);
	assert_int_equal(found->status, TENANT_SUSPENDED);
}

static void floods_stay_bounded_and_do_not_push_tenants_out(void **state)
{
	struct fixture *f = *state;
	struct tenant tenant = tenant_number(f, 1), *found;

	resolver_cache_add(f->cache, &tenant, 10);
	for (unsigned i = 0; i < 3 * RESOLVER_UNKNOWN_MOST; i++)
		resolver_cache_add_unknown(f->cache, RESOLVER_SLUG, arena_printf(f->arena, "flood-%u", i), 10);
	assert_int_equal(resolver_cache_count(f->cache), RESOLVER_UNKNOWN_MOST + 1);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_KNOWN);
	assert_int_equal(by_slug(f, "flood-0", &found), RESOLVER_ABSENT);
}

static void the_tenant_used_longest_ago_goes_first(void **state)
{
	struct fixture *f = *state;
	struct tenant *found;

	for (unsigned i = 0; i < RESOLVER_TENANTS_MOST; i++) {
		struct tenant tenant = tenant_number(f, i);

		resolver_cache_add(f->cache, &tenant, 10);
	}
	assert_int_equal(by_slug(f, "tenant-0", &found), RESOLVER_KNOWN); /* used: young again */
	for (unsigned i = 0; i < 10; i++) {
		struct tenant tenant = tenant_number(f, 9000 + i);

		resolver_cache_add(f->cache, &tenant, 10);
	}
	assert_int_equal(resolver_cache_count(f->cache), RESOLVER_TENANTS_MOST);
	assert_int_equal(by_slug(f, "tenant-0", &found), RESOLVER_KNOWN);
	assert_int_equal(by_slug(f, "tenant-1", &found), RESOLVER_ABSENT);
	assert_int_equal(by_slug(f, "tenant-11", &found), RESOLVER_KNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tenant_is_found_by_slug_and_by_code),
		TEST(the_copy_outlives_the_entry),
		TEST(what_is_too_old_is_forgotten),
		TEST(a_change_drops_that_tenant_alone),
		TEST(a_new_tenant_drops_the_unknown_names),
		TEST(a_newer_snapshot_replaces_the_older),
		TEST(floods_stay_bounded_and_do_not_push_tenants_out),
		TEST(the_tenant_used_longest_ago_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
