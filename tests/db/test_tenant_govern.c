/* Tenants from outside: created, listed, changed, deleted; operators; and what the resolver of a worker makes of it. */
#include "tests/db/tenant_fixture.h"

#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/operator.h"
#include "lib/tenant/profile.h"
#include "lib/tenant/session.h"

STATEMENT(end_trial, "UPDATE tenants SET trial_ends_at = now() - interval '1 second' WHERE tenant_id = $1");
STATEMENT(agreed_limit, "UPDATE tenants SET max_leads = 7777 WHERE tenant_id = $1");
STATEMENT(silent_rename, "UPDATE tenants SET name = 'Renamed in silence' WHERE tenant_id = $1");
STATEMENT(own_backend, "SELECT pg_backend_pid()");
STATEMENT(end_backend, "SELECT pg_terminate_backend($1::integer, 2000)");
STATEMENT(logo_rows, "SELECT count(*) FROM tenant_files WHERE tenant_id = $1 AND kind = 'logo'");
STATEMENT(operator_key_text, "SELECT count(*) FROM operator_keys WHERE id = $1 AND operator_keys::text ~ 'op_[0-9A-Za-z]{5}'");

#define BEGIN(world) stx_begin((world)->auth, (world)->arena, "test", TX_WRITE)

static enum err create(struct world *world, const char *slug, const char *password, struct errors *errors, struct tenant_made *made)
{
	const char *const pairs[] = {"name",       "Govern Heating", "slug",      slug,      "owner_email",    "gov@fixture.example",
	                             "owner_name", "Gov Owner",      "plan_tier", "starter", "owner_password", password,
	                             NULL};
	struct stx *tx = BEGIN(world);
	enum err err = tenant_create(tx, record_of(world, &tenant_create_entity, pairs), errors, made);

	if (err) {
		stx_rollback(tx);
		return err;
	}
	return stx_commit(tx);
}

static enum err update(struct world *world, struct uuid tenant, const char *name, const char *value, struct errors *errors, struct tenant_row **out)
{
	const char *const pairs[] = {name, value, NULL};
	struct stx *tx = BEGIN(world);
	enum err err = tenant_update(tx, tenant, record_of(world, &tenant_update_entity, pairs), 0, errors, out);

	if (err) {
		stx_rollback(tx);
		return err;
	}
	return stx_commit(tx);
}

static const char *slug_text(struct world *world, const char *stem)
{
	return arena_c_string(world->arena, unique_slug(world, stem));
}

static void a_tenant_without_password_comes_with_a_link(void **state)
{
	struct world *world = *state;
	const struct tenant *tenant;
	struct tenant_made made;
	struct link_user user;
	struct ttx *tx;

	MUST(create(world, slug_text(world, "govern"), NULL, errors_new(world->arena), &made));
	tenant = resolve(world, made.slug);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(link_take(tx, tenant, LINK_SET_PASSWORD, made.set_password.text, &user));
	assert_true(uuid_equal(user.user_id, made.user_id));
	MUST(ttx_commit(tx));
}

static void a_tenant_with_password_logs_in_at_once(void **state)
{
	struct world *world = *state;
	const struct session_origin origin = {STR_NONE, STR_NONE};
	const struct tenant *tenant;
	struct tenant_made made;
	struct session session;
	struct ttx *tx;

	MUST(create(world, slug_text(world, "govern"), "brass kettle orbit", errors_new(world->arena), &made));
	assert_true(str_absent(made.set_password.text));
	tenant = resolve(world, made.slug);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(log_in(tx, tenant, STR("gov@fixture.example"), STR("brass kettle orbit"), &origin, &session));
	MUST(ttx_commit(tx));
}

static void taken_reserved_and_weak_are_told_apart(void **state)
{
	struct world *world = *state;
	const char *slug = slug_text(world, "govern");
	struct errors *errors = errors_new(world->arena);
	struct tenant_made made;

	MUST(create(world, slug, NULL, errors, &made));
	assert_int_equal(create(world, slug, NULL, errors, &made), E_CONFLICT);
	assert_string_equal(code_at(errors, "slug"), "taken");
	errors = errors_new(world->arena);
	assert_int_equal(create(world, "www", NULL, errors, &made), E_INVALID);
	assert_string_equal(code_at(errors, "slug"), "reserved");
	errors = errors_new(world->arena);
	assert_int_equal(create(world, slug_text(world, "govern"), "governheating", errors, &made), E_INVALID);
	assert_string_equal(code_at(errors, "owner_password"), "too_personal");
}

static void a_plan_brings_its_limits_and_an_agreed_limit_stays(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	struct tenant_row *row;

	MUST(create(world, slug_text(world, "govern"), NULL, errors_new(world->arena), &made));
	MUST(update(world, made.tenant_id, "plan_tier", "professional", errors_new(world->arena), &row));
	assert_int_equal(row->max_leads, 5000);
	assert_int_equal(row->max_users, 10);
	super(world, &agreed_limit, made.tenant_id);
	MUST(update(world, made.tenant_id, "plan_tier", "professional", errors_new(world->arena), &row));
	assert_int_equal(row->max_leads, 7777);
	MUST(update(world, made.tenant_id, "plan_tier", "enterprise", errors_new(world->arena), &row));
	assert_int_equal(row->max_leads, 0);
	assert_int_equal(row->version, 4);
	assert_true(str_is(row->name, "Govern Heating"));
}

static void status_moves_only_along_its_ways(void **state)
{
	static const char *const names[] = {"trial", "active", "suspended", "cancelled"};
	static const char *const ways[] = {"yyyy", "nyyy", "yyyy", "nynn"};
	struct world *world = *state;

	for (int from = 0; from < 4; from++)
		for (int to = 0; to < 4; to++) {
			bool allowed = from == to || (ways[from][to] == 'y');
			struct errors *errors = errors_new(world->arena);
			struct tenant_made made;
			struct tenant_row *row;

			MUST(create(world, slug_text(world, "govern"), NULL, errors, &made));
			MUST(update(world, made.tenant_id, "status", names[from], errors, &row));
			assert_int_equal(update(world, made.tenant_id, "status", names[to], errors, &row), allowed ? OK : E_CONFLICT);
			if (!allowed)
				assert_string_equal(code_at(errors, "status"), "transition");
		}
}

static void an_update_of_an_old_version_is_refused(void **state)
{
	static const char *const pairs[] = {"name", "Late", NULL};
	struct world *world = *state;
	struct tenant_made made;
	struct tenant_row *row;
	struct stx *tx;

	MUST(create(world, slug_text(world, "govern"), NULL, errors_new(world->arena), &made));
	MUST(update(world, made.tenant_id, "trial_ends_at", "2031-01-02T03:04:05Z", errors_new(world->arena), &row));
	assert_true(str_is(clock_rfc3339(world->arena, row->trial_ends_at), "2031-01-02T03:04:05.000Z") ||
	            str_is(clock_rfc3339(world->arena, row->trial_ends_at), "2031-01-02T03:04:05Z"));
	tx = BEGIN(world);
	assert_int_equal(tenant_update(tx, made.tenant_id, record_of(world, &tenant_update_entity, pairs), 1, errors_new(world->arena), &row), E_PRECONDITION);
	assert_int_equal(tenant_update(tx, uuid_new(), record_of(world, &tenant_update_entity, pairs), 0, errors_new(world->arena), &row), E_NOTFOUND);
	stx_rollback(tx);
}

static void the_list_shows_every_tenant_once(void **state)
{
	struct world *world = *state;
	struct tenants_query query = {.limit = 2};
	struct tenant_made made[5];
	int seen[5] = {0};
	struct stx *tx;

	for (size_t i = 0; i < COUNT_OF(made); i++)
		MUST(create(world, slug_text(world, "listed"), NULL, errors_new(world->arena), &made[i]));
	tx = BEGIN(world);
	do {
		struct tenant_row *list;
		size_t count;

		MUST(tenants_list(tx, &query, errors_new(world->arena), &list, &count, &query.cursor));
		assert_true(count <= 2);
		for (size_t i = 0; i < count; i++)
			for (size_t m = 0; m < COUNT_OF(made); m++)
				seen[m] += uuid_equal(list[i].id, made[m].tenant_id);
	} while (!str_absent(query.cursor));
	for (size_t m = 0; m < COUNT_OF(made); m++)
		assert_int_equal(seen[m], 1);
	stx_rollback(tx);
}

static void a_forged_cursor_is_an_error(void **state)
{
	static const char *const cursors[] = {"x", "!!!", "MTIz", "LTEuMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", "MTIzLicg"};
	struct world *world = *state;
	struct stx *tx = BEGIN(world);

	for (size_t i = 0; i < COUNT_OF(cursors); i++) {
		struct tenants_query query = {.limit = 2, .cursor = str_from(cursors[i])};
		struct errors *errors = errors_new(world->arena);
		struct tenant_row *list;
		struct str next;
		size_t count;

		assert_int_equal(tenants_list(tx, &query, errors, &list, &count, &next), E_INVALID);
		assert_string_equal(code_at(errors, "cursor"), "invalid");
	}
	stx_rollback(tx);
}

/* ---- the resolver ---- */

static void wait_for_notification(struct world *world)
{
	struct tenant *tenant;

	/* A round trip of the worker's own connection brings what was sent to it before. */
	assert_int_equal(resolver_by_slug(world->resolver, world->arena, unique_slug(world, "nobody"), &tenant), E_NOTFOUND);
	pg_poll(world->app);
}

static void a_worker_learns_of_every_change(void **state)
{
	struct world *world = *state;
	const char *slug = slug_text(world, "learns");
	struct tenant *tenant;
	struct tenant_made made;
	struct tenant_row *row;
	struct stx *tx;

	assert_int_equal(resolver_by_slug(world->resolver, world->arena, str_from(slug), &tenant), E_NOTFOUND);
	MUST(create(world, slug, NULL, errors_new(world->arena), &made));
	wait_for_notification(world);
	MUST(resolver_by_slug(world->resolver, world->arena, str_from(slug), &tenant)); /* not unknown any more */
	assert_int_equal(tenant_access(tenant, clock_now()), ACCESS_FULL);
	MUST(resolver_by_code(world->resolver, world->arena, made.code, &tenant));
	assert_true(uuid_equal(tenant->id, made.tenant_id));

	MUST(update(world, made.tenant_id, "status", "suspended", errors_new(world->arena), &row));
	wait_for_notification(world);
	MUST(resolver_by_slug(world->resolver, world->arena, str_from(slug), &tenant));
	assert_int_equal(tenant_access(tenant, clock_now()), ACCESS_NOTICE);

	tx = BEGIN(world);
	MUST(tenant_delete(tx, made.tenant_id));
	MUST(stx_commit(tx));
	wait_for_notification(world);
	assert_int_equal(resolver_by_slug(world->resolver, world->arena, str_from(slug), &tenant), E_NOTFOUND);
	assert_int_equal(resolver_by_code(world->resolver, world->arena, made.code, &tenant), E_NOTFOUND);
	tx = BEGIN(world);
	assert_int_equal(tenant_delete(tx, made.tenant_id), E_NOTFOUND);
	assert_int_equal(tenant_get(tx, made.tenant_id, &row), E_NOTFOUND);
	assert_int_equal(tenant_get_by_slug(tx, str_from(slug), &row), E_NOTFOUND);
	stx_rollback(tx);
	assert_int_equal(create(world, slug, NULL, errors_new(world->arena), &made), E_CONFLICT); /* the name stays taken */
}

static void an_expired_trial_reads_only(void **state)
{
	struct world *world = *state;
	struct tenant_made made;

	MUST(create(world, slug_text(world, "trial"), NULL, errors_new(world->arena), &made));
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

	MUST(create(world, slug_text(world, "cached"), NULL, errors_new(world->arena), &made));
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

/* ---- profile, logo, operators ---- */

static void the_profile_is_read_changed_and_told(void **state)
{
	static const char *const pairs[] = {"name", "New Name", "website_url", NULL, "time_zone", "America/Denver", NULL};
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant;
	struct record *profile, *change = record_new(world->arena, &profile_entity);
	struct ttx *tx;
	int64_t version;

	MUST(create(world, slug_text(world, "profile"), NULL, errors_new(world->arena), &made));
	tenant = resolve(world, made.slug);
	record_set_text(change, "name", str_from(pairs[1]));
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

	MUST(create(world, slug_text(world, "logo"), NULL, errors_new(world->arena), &made));
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

static void an_operator_key_works_until_it_is_revoked(void **state)
{
	struct world *world = *state;
	struct operator_key *key, *found, *list;
	struct str secret;
	struct stx *tx = BEGIN(world);
	size_t count, seen = 0;

	MUST(operator_key_create(tx, STR(" ci "), &key, &secret));
	assert_int_equal(operator_key_create(tx, STR("  "), &found, &secret), E_INVALID);
	assert_int_equal(operator_key_create(tx, STR("a\nb"), &found, &secret), E_INVALID);
	MUST(operator_key_create(tx, STR("ci"), &key, &secret));
	MUST(stx_commit(tx));
	assert_int_equal(super(world, &operator_key_text, key->id), 0);
	tx = BEGIN(world);
	MUST(operator_verify(tx, secret, &found));
	assert_true(uuid_equal(found->id, key->id) && found->last_used_at > 0);
	assert_int_equal(operator_verify(tx, STR("op_wrong"), &found), E_UNAUTH);
	assert_int_equal(operator_verify(tx, STR_NONE, &found), E_UNAUTH);
	MUST(operator_key_list(tx, &list, &count));
	for (size_t i = 0; i < count; i++)
		seen += uuid_equal(list[i].id, key->id);
	assert_int_equal(seen, 1);
	MUST(operator_key_revoke(tx, key->id));
	assert_int_equal(operator_key_revoke(tx, uuid_new()), E_NOTFOUND);
	assert_int_equal(operator_verify(tx, secret, &found), E_UNAUTH);
	MUST(stx_commit(tx));
}

static void every_input_table_is_sound(void **state)
{
	const struct entity *const entities[] = {&tenant_create_entity, &tenant_update_entity, &profile_entity, &login_entity, &password_entity};
	struct world *world = *state;
	struct buffer complaints = BUFFER_IN(world->arena);

	for (size_t i = 0; i < COUNT_OF(entities); i++)
		if (!entity_check(entities[i], &complaints))
			fail_msg("%s", complaints.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tenant_without_password_comes_with_a_link),
		cmocka_unit_test(a_tenant_with_password_logs_in_at_once),
		cmocka_unit_test(taken_reserved_and_weak_are_told_apart),
		cmocka_unit_test(a_plan_brings_its_limits_and_an_agreed_limit_stays),
		cmocka_unit_test(status_moves_only_along_its_ways),
		cmocka_unit_test(an_update_of_an_old_version_is_refused),
		cmocka_unit_test(the_list_shows_every_tenant_once),
		cmocka_unit_test(a_forged_cursor_is_an_error),
		cmocka_unit_test(a_worker_learns_of_every_change),
		cmocka_unit_test(an_expired_trial_reads_only),
		cmocka_unit_test(a_known_tenant_costs_no_statement_until_a_change_may_have_been_missed),
		cmocka_unit_test(names_that_cannot_be_tenants_cost_no_statement),
		cmocka_unit_test(the_profile_is_read_changed_and_told),
		cmocka_unit_test(a_new_logo_replaces_the_old_one),
		cmocka_unit_test(an_operator_key_works_until_it_is_revoked),
		cmocka_unit_test(every_input_table_is_sound),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
