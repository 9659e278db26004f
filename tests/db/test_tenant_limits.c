/* A plan's limits hold under any concurrency, and what was used is counted. */
#include "tests/db/tenant_fixture.h"

#include "lib/tenant/usage.h"

STATEMENT(ten_leads_left, "UPDATE tenants SET max_leads = 30, current_lead_count = 20 WHERE tenant_id = $1");
STATEMENT(lead_count, "SELECT current_lead_count FROM tenants WHERE tenant_id = $1");
STATEMENT(lead_rows, "SELECT count(*) FROM leads WHERE tenant_id = $1");
STATEMENT(unlimited, "UPDATE tenants SET max_leads = NULL WHERE tenant_id = $1");
STATEMENT(leads_created,
	  "SELECT metric_value FROM tenant_usage WHERE tenant_id = $1 AND metric_name = 'leads_created'");
STATEMENT(api_calls, "SELECT sum(metric_value) FROM tenant_usage WHERE tenant_id = $1 AND metric_name = 'api_calls'");
STATEMENT(insert_lead, "INSERT INTO leads (tenant_id, id, name) VALUES ($1, $2, 'Racing lead')");

static int create_lead(struct world *world, int number, const void *context)
{
	const struct tenant *tenant = context;
	struct errors *errors = errors_new(world->arena);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	enum err err = usage_claim(tx, LIMIT_LEADS, errors);

	(void)number;
	if (!err)
		err = ttx_exec(tx, &insert_lead, ARGS(arg_uuid(world->arena, uuid_new())), NULL);
	if (err) {
		ttx_rollback(tx);
		return (int)err;
	}
	return (int)ttx_commit(tx);
}

static void of_fifty_parallel_creates_with_ten_places_exactly_ten_pass(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct race race;

	super(world, &ten_leads_left, tenant->id);
	race = run_race(50, create_lead, tenant);
	assert_int_equal(race.results[OK], 10);
	assert_int_equal(race.results[E_LIMIT], 40);
	assert_int_equal(super(world, &lead_rows, tenant->id), 10);
	assert_int_equal(super(world, &lead_count, tenant->id), 30);
	assert_int_equal(super(world, &leads_created, tenant->id), 10);
}

static void the_refusal_names_the_limit_and_the_plan_that_lifts_it(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct errors *errors = errors_new(world->arena);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);

	for (int i = 0; i < 2; i++) /* the owner is one of three */
		MUST(usage_claim(tx, LIMIT_USERS, errors));
	assert_int_equal(usage_claim(tx, LIMIT_USERS, errors), E_LIMIT);
	assert_null(errors_first(errors)->field);
	assert_string_equal(errors_first(errors)->code, "plan_limit");
	assert_true(str_is(errors_first(errors)->message,
			   "Your plan allows 3 users and all of them are in use. The Professional plan allows 10."));
	for (int i = 0; i < 3; i++)
		MUST(usage_claim(tx, LIMIT_SCRAPERS, errors));
	errors = errors_new(world->arena);
	assert_int_equal(usage_claim(tx, LIMIT_SCRAPERS, errors), E_LIMIT);
	assert_true(
		str_is(errors_first(errors)->message,
		       "Your plan allows 3 scrapers and all of them are in use. The Professional plan has no limit."));
	ttx_rollback(tx);
}

static void an_unlimited_plan_never_refuses(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "enterprise", &made);
	struct race race;

	assert_int_equal(tenant->max_leads, 0);
	super(world, &unlimited, tenant->id);
	race = run_race(20, create_lead, tenant);
	assert_int_equal(race.results[OK], 20);
}

static void a_rolled_back_claim_costs_nothing(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);

	MUST(usage_claim(tx, LIMIT_LEADS, errors_new(world->arena)));
	ttx_rollback(tx);
	assert_int_equal(super(world, &lead_count, tenant->id), 0);
	assert_int_equal(super(world, &leads_created, tenant->id), -1);
}

static void usage_is_read_whole_and_release_gives_back(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "professional", &made);
	struct errors *errors = errors_new(world->arena);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct usage usage;

	for (int i = 0; i < 3; i++)
		MUST(usage_claim(tx, LIMIT_LEADS, errors));
	MUST(usage_claim(tx, LIMIT_SCRAPERS, errors));
	MUST(usage_release(tx, LIMIT_LEADS, 2));
	MUST(ttx_commit(tx));
	MUST(usage_add_api_calls(world->app, world->arena, tenant->id, 40));
	MUST(usage_add_api_calls(world->app, world->arena, tenant->id, 2));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_READ);
	MUST(usage_read(tx, &usage));
	MUST(ttx_commit(tx));
	assert_int_equal(usage.leads, 1);
	assert_int_equal(usage.leads_created, 3);
	assert_int_equal(usage.users, 1);
	assert_int_equal(usage.scrapers, 1);
	assert_int_equal(usage.max_leads, 5000);
	assert_int_equal(usage.max_users, 10);
	assert_int_equal(usage.max_scrapers, 0);
	assert_int_equal(usage.api_calls, 42);
	assert_int_equal(usage.period_start.n, 10);
}

static void releasing_too_much_stops_at_zero(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);

	MUST(usage_release(tx, LIMIT_LEADS, 5));
	MUST(ttx_commit(tx));
	assert_int_equal(super(world, &lead_count, tenant->id), 0);
}

static int add_calls(struct world *world, int number, const void *context)
{
	const struct tenant *tenant = context;

	(void)number;
	for (int i = 0; i < 5; i++)
		if (usage_add_api_calls(world->app, world->arena, tenant->id, 3))
			return 1;
	return 0;
}

static void parallel_counts_add_up(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct race race = run_race(12, add_calls, tenant);

	assert_int_equal(race.results[0], 12);
	assert_int_equal(super(world, &api_calls, tenant->id), 12 * 5 * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_fifty_parallel_creates_with_ten_places_exactly_ten_pass),
		cmocka_unit_test(the_refusal_names_the_limit_and_the_plan_that_lifts_it),
		cmocka_unit_test(an_unlimited_plan_never_refuses),
		cmocka_unit_test(a_rolled_back_claim_costs_nothing),
		cmocka_unit_test(usage_is_read_whole_and_release_gives_back),
		cmocka_unit_test(releasing_too_much_stops_at_zero),
		cmocka_unit_test(parallel_counts_add_up),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
