/* Tenants from outside: created, listed, changed, deleted; and operators. */
#include "tests/db/tenant_fixture.h"

#include "lib/base/clock.h"
#include "lib/tenant/operator.h"
#include "lib/tenant/profile.h"
#include "lib/tenant/session.h"

STATEMENT(agreed_limit, "UPDATE tenants SET max_leads = 7777 WHERE tenant_id = $1");
STATEMENT(operator_key_text,
	  "SELECT count(*) FROM operator_keys WHERE id = $1 AND operator_keys::text ~ 'op_[0-9A-Za-z]{5}'");

#define BEGIN(world) stx_begin((world)->auth, (world)->arena, "test", TX_WRITE)

static enum err create(struct world *world, const char *slug, const char *password, struct errors *errors,
		       struct tenant_made *made)
{
	const char *const pairs[] = {
		"name",       "Govern Heating", "slug",      slug,      "owner_email",    "gov@fixture.example",
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

static enum err update(struct world *world, struct uuid tenant, const char *name, const char *value,
		       struct errors *errors, struct tenant_row **out)
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
			assert_int_equal(update(world, made.tenant_id, "status", names[to], errors, &row),
					 allowed ? OK : E_CONFLICT);
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
	assert_int_equal(tenant_update(tx, made.tenant_id, record_of(world, &tenant_update_entity, pairs), 1,
				       errors_new(world->arena), &row),
			 E_PRECONDITION);
	assert_int_equal(tenant_update(tx, uuid_new(), record_of(world, &tenant_update_entity, pairs), 0,
				       errors_new(world->arena), &row),
			 E_NOTFOUND);
	stx_rollback(tx);
}

/* What demandctl tenant resume goes by. */
static void who_subscribed_once_is_known_after_a_suspension(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	struct tenant_row *row;

	MUST(create(world, slug_text(world, "govern"), NULL, errors_new(world->arena), &made));
	MUST(update(world, made.tenant_id, "status", "suspended", errors_new(world->arena), &row));
	assert_int_equal(row->subscription_started_at, 0);
	MUST(update(world, made.tenant_id, "status", "active", errors_new(world->arena), &row));
	assert_true(row->subscription_started_at > 0 && row->trial_ends_at > row->subscription_started_at);
	MUST(update(world, made.tenant_id, "status", "suspended", errors_new(world->arena), &row));
	assert_true(row->subscription_started_at > 0);
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
	static const char *const cursors[] = {"x", "!!!", "MTIz",
					      "LTEuMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", "MTIzLicg"};
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
	const struct entity *const entities[] = {&tenant_create_entity, &tenant_update_entity, &profile_entity,
						 &login_entity, &password_entity};
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
		cmocka_unit_test(who_subscribed_once_is_known_after_a_suspension),
		cmocka_unit_test(the_list_shows_every_tenant_once),
		cmocka_unit_test(a_forged_cursor_is_an_error),
		cmocka_unit_test(an_operator_key_works_until_it_is_revoked),
		cmocka_unit_test(every_input_table_is_sound),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
