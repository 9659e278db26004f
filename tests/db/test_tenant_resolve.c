/* What a worker knows of tenants: it learns of every change, forgets what it may have missed, and asks nothing that it knows. */
#include "tests/db/tenant_fixture.h"

#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/profile.h"

STATEMENT(end_trial, "UPDATE tenants SET trial_ends_at = now() - interval '1 second' WHERE tenant_id = $1");
STATEMENT(silent_rename, "UPDATE tenants SET name = 'Renamed in silence' WHERE tenant_id = $1");
STATEMENT(own_backend, "SELECT pg_backend_pid()");
STATEMENT(end_backend, "SELECT pg_terminate_backend($1::integer, 2000)");
STATEMENT(logo_rows, "SELECT count(*) FROM tenant_files WHERE tenant_id = $1 AND kind = 'logo'");

#define BEGIN(world) stx_begin((world)->auth, (world)->arena, "test", TX_WRITE)

static enum err create(struct world *world, struct str slug, struct tenant_made *made)
{
	struct tenant_wish wish = {
		.name = STR("Govern Heating"),
		.slug = slug,
		.owner_name = STR("Gov Owner"),
		.owner_email = STR("gov@fixture.example"),
		.plan = &plans[0],
	};
	struct stx *tx = BEGIN(world);
	enum err err = tenant_provision(tx, &wish, "slug", errors_new(world->arena), made);

	if (err) {
		stx_rollback(tx);
		return err;
	}
	return stx_commit(tx);
}

static void suspend(struct world *world, struct uuid tenant)
{
	const char *const pairs[] = {"status", "suspended", NULL};
	struct stx *tx = BEGIN(world);
	struct tenant_row *row;

	MUST(tenant_update(tx, tenant, record_of(world, &tenant_update_entity, pairs), 0, errors_new(world->arena),
			   &row));
	MUST(stx_commit(tx));
}

/* ---- the resolver ---- */

static void wait_for_notification(struct world *world)
{
	struct tenant *tenant;

	/* A round trip of the worker's own connection brings what was sent to it before. */
	assert_int_equal(resolver_by_slug(world->resolver, world->arena, unique_slug(world, "nobody"), &tenant),
			 E_NOTFOUND);
	pg_poll(world->app);
}

static void a_worker_learns_of_every_change(void **state)
{
	struct world *world = *state;
	struct str slug = unique_slug(world, "learns");
	struct tenant *tenant;
	struct tenant_made made;
	struct tenant_row *row;
	struct stx *tx;

	assert_int_equal(resolver_by_slug(world->resolver, world->arena, slug, &tenant), E_NOTFOUND);
	MUST(create(world, slug, &made));
	wait_for_notification(world);
	MUST(resolver_by_slug(world->resolver, world->arena, slug, &tenant)); /* not unknown any more */
	assert_int_equal(tenant_access(tenant, clock_now()), ACCESS_FULL);
	MUST(resolver_by_code(world->resolver, world->arena, made.code, &tenant));
	assert_true(uuid_equal(tenant->id, made.tenant_id));

	suspend(world, made.tenant_id);
	wait_for_notification(world);
	MUST(resolver_by_slug(world->resolver, world->arena, slug, &tenant));
	assert_int_equal(tenant_access(tenant, clock_now()), ACCESS_NOTICE);

	tx = BEGIN(world);
	MUST(tenant_delete(tx, made.tenant_id));
	MUST(stx_commit(tx));
	wait_for_notification(world);
	assert_int_equal(resolver_by_slug(world->resolver, world->arena, slug, &tenant), E_NOTFOUND);
	assert_int_equal(resolver_by_code(world->resolver, world->arena, made.code, &tenant), E_NOTFOUND);
	tx = BEGIN(world);
	assert_int_equal(tenant_delete(tx, made.tenant_id), E_NOTFOUND);
	assert_int_equal(tenant_get(tx, made.tenant_id, &row), E_NOTFOUND);
	assert_int_equal(tenant_get_by_slug(tx, slug, &row), E_NOTFOUND);
	stx_rollback(tx);
	assert_int_equal(create(world, slug, &made), E_CONFLICT); /* the name stays taken */
}

static void an_expired_trial_reads_only(void **state)
{
	struct world *world = *state;
	struct tenant_made made;

	MUST(create(world, unique_slug(world, "trial"), &made));
	super(world, &end_trial, made.tenant_id);
	assert_int_equal(tenant_access(resolve(world, made.slug), clock_now()), ACCESS_READ_ONLY);
}

static void cut_connection(struct world *world, struct pg *pg)
{
	struct stx *tx = stx_begin(pg, world->arena, "test", TX_READ);
	struct rows *row;
	int64_t backend;

	MUST(stx_one(tx, &own_backend, NO_ARGS, &row));
	backend = rows_int(row, 0);
	MUST(stx_commit(tx));
	tx = stx_begin(world->super, world->arena, "test", TX_READ);
	MUST(stx_one(tx, &end_backend, ARGS(arg_int(world->arena, backend)), &row));
	MUST(stx_commit(tx));
}

static void a_known_tenant_costs_no_statement_until_a_change_may_have_been_missed(void **state)
{
	struct world *world = *state;
	struct tenant_made made;

	MUST(create(world, unique_slug(world, "cached"), &made));
	wait_for_notification(world);
	(void)resolve(world, made.slug);
	super(world, &silent_rename, made.tenant_id);
	assert_true(str_is(resolve(world, made.slug)->name, "Govern Heating")); /* nobody told */
	cut_connection(world, world->app);
	pg_poll(world->app);
	assert_false(pg_listening(world->app));
	assert_true(str_is(resolve(world, made.slug)->name, "Govern Heating")); /* younger than 5 s */
	usleep(1100 * 1000); /* at most one attempt to connect a second */
	wait_for_notification(world);
	assert_true(pg_listening(world->app));
	assert_true(str_is(resolve(world, made.slug)->name, "Renamed in silence"));
}

static void what_was_read_while_a_change_was_told_is_not_kept(void **state)
{
	struct world *world = *state;
	struct tenant_made made;

	MUST(create(world, unique_slug(world, "told"), &made)); /* its notification arrives during the next look-up */
	(void)resolve(world, made.slug);
	super(world, &silent_rename, made.tenant_id);
	assert_true(str_is(resolve(world, made.slug)->name, "Renamed in silence"));
}

static void names_that_cannot_be_tenants_cost_no_statement(void **state)
{
	static const char *const names[] = {"", "a", "-abc-", "xn--abc", "a'b", "../..", "ABC"};
	struct world *world = *state;
	struct pg *nowhere = pg_new("host=/nonexistent", "demand_app");
	struct resolver *resolver = resolver_new(nowhere);
	struct tenant *tenant;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_int_equal(resolver_by_slug(resolver, world->arena, str_from(names[i]), &tenant), E_NOTFOUND);
		assert_int_equal(resolver_by_code(resolver, world->arena, str_from(names[i]), &tenant), E_NOTFOUND);
	}
	assert_int_equal(resolver_by_slug(resolver, world->arena, STR("acme-hvac"), &tenant), E_BUSY);
	pg_free(nowhere);
	resolver_free(resolver);
}

/* ---- what a tenant changes itself ---- */

static void the_profile_is_read_changed_and_told(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant;
	struct record *profile, *change = record_new(world->arena, &profile_entity);
	struct ttx *tx;
	int64_t version;

	MUST(create(world, unique_slug(world, "profile"), &made));
	tenant = resolve(world, made.slug);
	record_set_text(change, "name", STR("New Name"));
	record_set_text(change, "website_url", STR_NONE);
	record_set_text(change, "time_zone", STR("America/Denver"));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(profile_get(tx, &profile, &version));
	assert_true(str_is(record_text(profile, "company_name"), "Govern Heating"));
	MUST(profile_update(tx, change, version, errors_new(world->arena)));
	assert_int_equal(profile_update(tx, change, version, errors_new(world->arena)), E_PRECONDITION);
	MUST(profile_update(tx, change, 0, errors_new(world->arena)));
	MUST(profile_get(tx, &profile, &version));
	assert_true(str_is(record_text(profile, "name"), "New Name"));
	assert_true(str_is(record_text(profile, "company_name"), "Govern Heating"));
	MUST(ttx_commit(tx));
	wait_for_notification(world);
	tenant = resolve(world, made.slug);
	assert_true(str_is(tenant->name, "New Name"));
	assert_true(str_is(tenant->time_zone, "America/Denver"));
}

static void a_new_logo_replaces_the_old_one(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant;
	struct uuid first, second;
	struct str png;
	struct ttx *tx;

	MUST(create(world, unique_slug(world, "logo"), &made));
	tenant = resolve(world, made.slug);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(logo_store(tx, (struct str){"one\0\xff", 5}, &first));
	MUST(logo_store(tx, (struct str){"two\0\xff", 5}, &second));
	assert_int_equal(logo_load(tx, first, &png), E_NOTFOUND);
	MUST(logo_load(tx, second, &png));
	assert_true(str_equal(png, (struct str){"two\0\xff", 5}));
	MUST(ttx_commit(tx));
	assert_int_equal(super(world, &logo_rows, tenant->id), 1);
	wait_for_notification(world);
	assert_true(uuid_equal(resolve(world, made.slug)->logo_id, second));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(logo_remove(tx));
	MUST(ttx_commit(tx));
	assert_int_equal(super(world, &logo_rows, tenant->id), 0);
	wait_for_notification(world);
	assert_true(uuid_is_zero(resolve(world, made.slug)->logo_id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_learns_of_every_change),
		cmocka_unit_test(an_expired_trial_reads_only),
		cmocka_unit_test(a_known_tenant_costs_no_statement_until_a_change_may_have_been_missed),
		cmocka_unit_test(what_was_read_while_a_change_was_told_is_not_kept),
		cmocka_unit_test(names_that_cannot_be_tenants_cost_no_statement),
		cmocka_unit_test(the_profile_is_read_changed_and_told),
		cmocka_unit_test(a_new_logo_replaces_the_old_one),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
