/* Users: who may do what to whom, seats, and that a tenant never loses its last owner. */
#include "tests/db/tenant_fixture.h"

#include "lib/tenant/session.h"
#include "lib/tenant/user.h"

STATEMENT(user_count, "SELECT current_user_count FROM tenants WHERE tenant_id = $1");
STATEMENT(user_rows, "SELECT count(*) FROM tenant_users WHERE tenant_id = $1");
STATEMENT(active_owners, "SELECT count(*) FROM tenant_users WHERE tenant_id = $1 AND role = 'owner' AND is_active");
STATEMENT(session_rows, "SELECT count(*) FROM tenant_sessions WHERE tenant_id = $1");

static enum err create(struct world *world, const struct tenant *tenant, const struct principal *actor,
		       const char *email, const char *role, struct errors *errors, struct uuid *id)
{
	const char *const pairs[] = {"email", email, "name", "Nina New", "role", role, "is_active", "t", NULL};
	struct record *input = record_of(world, &user_entity, pairs);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	enum err err = user_create(tx, tenant, actor, input, errors);

	if (err) {
		ttx_rollback(tx);
		return err;
	}
	if (id)
		*id = record_id(input);
	return ttx_commit(tx);
}

static enum err change(struct world *world, const struct tenant *tenant, const struct principal *actor,
		       struct uuid user, const char *const *pairs, struct errors *errors)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct record *current, *out;
	enum err err = entity_get(tx, &user_entity, user, &current);

	if (!err)
		err = user_update(tx, actor, current, record_of(world, &user_entity, pairs), errors, &out);
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return ttx_commit(tx);
}

static enum err set_role(struct world *world, const struct tenant *tenant, const struct principal *actor,
			 struct uuid user, const char *role, struct errors *errors)
{
	const char *const pairs[] = {"role", role, NULL};

	return change(world, tenant, actor, user, pairs, errors);
}

static enum err set_active(struct world *world, const struct tenant *tenant, const struct principal *actor,
			   struct uuid user, const char *active, struct errors *errors)
{
	const char *const pairs[] = {"is_active", active, NULL};

	return change(world, tenant, actor, user, pairs, errors);
}

static void users_take_the_plans_seats_and_give_them_back(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	struct errors *errors = errors_new(world->arena);
	struct uuid second, third;

	MUST(create(world, tenant, owner, "two@fixture.example", "member", errors, &second));
	MUST(create(world, tenant, owner, "three@fixture.example", "viewer", errors, &third));
	assert_int_equal(create(world, tenant, owner, "four@fixture.example", "viewer", errors, NULL), E_LIMIT);
	assert_string_equal(code_at(errors, NULL), "plan_limit");
	assert_int_equal(super(world, &user_rows, tenant->id), 3);

	MUST(set_active(world, tenant, owner, third, "f", errors_new(world->arena)));
	MUST(set_active(world, tenant, owner, third, "f", errors_new(world->arena))); /* again changes nothing */
	assert_int_equal(super(world, &user_count, tenant->id), 2);
	MUST(create(world, tenant, owner, "four@fixture.example", "viewer", errors_new(world->arena), NULL));
	assert_int_equal(set_active(world, tenant, owner, third, "t", errors_new(world->arena)), E_LIMIT);
	MUST(set_active(world, tenant, owner, second, "f", errors_new(world->arena)));
	MUST(set_active(world, tenant, owner, third, "t", errors_new(world->arena)));
	assert_int_equal(super(world, &user_count, tenant->id), 3);
	assert_int_equal(super(world, &user_rows, tenant->id), 4);
}

static void an_address_is_taken_in_any_case_of_letters(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	struct errors *errors = errors_new(world->arena);

	assert_int_equal(create(world, tenant, owner, "olive@FIXTURE.example", "member", errors, NULL), E_CONFLICT);
	assert_non_null(errors_for(errors, "email"));
	assert_int_equal(super(world, &user_count, tenant->id), 1); /* the seat was given back with the rest */
}

static void a_weak_first_password_is_an_error_at_the_field(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	const char *const pairs[] = {"email",  "n@fixture.example", "name", "Nina",     "role",
				     "member", "is_active",         "t",    "password", "password1234",
				     NULL};
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct errors *errors = errors_new(world->arena);

	assert_int_equal(user_create(tx, tenant, acting(world, made.user_id, ROLE_OWNER),
				     record_of(world, &user_entity, pairs), errors),
			 E_INVALID);
	assert_string_equal(code_at(errors, "password"), "too_common");
	ttx_rollback(tx);
}

static void a_first_password_logs_in(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	const char *const pairs[] = {
		"email",    "Nina@fixture.example", "name", "Nina", "role", "member", "is_active", "t",
		"password", "brass kettle orbit",   NULL};
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	const struct session_origin origin = {STR_NONE, STR_NONE};
	struct session session;

	MUST(user_create(tx, tenant, acting(world, made.user_id, ROLE_OWNER), record_of(world, &user_entity, pairs),
			 errors_new(world->arena)));
	MUST(log_in(tx, tenant, STR("nina@fixture.example"), STR("brass kettle orbit"), &origin, &session));
	MUST(ttx_commit(tx));
	assert_int_equal(session.principal->role, ROLE_MEMBER);
}

/* actor, user's old role, new role -> what happens; every combination of the four. */
static void nobody_gives_or_touches_a_role_above_their_own(void **state)
{
	static const enum role all[] = {ROLE_VIEWER, ROLE_MEMBER, ROLE_ADMIN, ROLE_OWNER};
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "enterprise", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	struct uuid user;

	MUST(create(world, tenant, owner, "subject@fixture.example", "member", errors_new(world->arena), &user));
	for (size_t actor = 0; actor < 4; actor++)
		for (size_t from = 0; from < 4; from++)
			for (size_t to = 0; to < 4; to++) {
				bool manages = all[actor] >= ROLE_ADMIN;
				bool allowed = manages && all[from] <= all[actor] && all[to] <= all[actor];

				MUST(set_role(world, tenant, owner, user, role_name(all[from]),
					      errors_new(world->arena)));
				assert_int_equal(set_role(world, tenant, acting(world, uuid_new(), all[actor]), user,
							  role_name(all[to]), errors_new(world->arena)),
						 allowed ? OK : E_FORBIDDEN);
			}
	assert_int_equal(create(world, tenant, acting(world, uuid_new(), ROLE_ADMIN), "o@fixture.example", "owner",
				errors_new(world->arena), NULL),
			 E_FORBIDDEN);
	assert_int_equal(create(world, tenant, acting(world, uuid_new(), ROLE_MEMBER), "o@fixture.example", "viewer",
				errors_new(world->arena), NULL),
			 E_FORBIDDEN);
}

static void an_admin_cannot_deactivate_an_owner(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);

	assert_int_equal(set_active(world, tenant, acting(world, uuid_new(), ROLE_ADMIN), made.user_id, "f",
				    errors_new(world->arena)),
			 E_FORBIDDEN);
}

static void the_last_owner_stays(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "professional", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	struct errors *errors = errors_new(world->arena);
	struct uuid second;

	assert_int_equal(set_role(world, tenant, owner, made.user_id, "admin", errors), E_INVALID);
	assert_string_equal(code_at(errors, "role"), "last_owner");
	errors = errors_new(world->arena);
	assert_int_equal(set_active(world, tenant, owner, made.user_id, "f", errors), E_INVALID);
	assert_string_equal(code_at(errors, "is_active"), "last_owner");
	MUST(create(world, tenant, owner, "second@fixture.example", "owner", errors_new(world->arena), &second));
	MUST(set_active(world, tenant, owner, second, "f",
			errors_new(world->arena))); /* an inactive owner does not count */
	assert_int_equal(set_role(world, tenant, owner, made.user_id, "admin", errors_new(world->arena)), E_INVALID);
	MUST(set_active(world, tenant, owner, second, "t", errors_new(world->arena)));
	MUST(set_role(world, tenant, owner, made.user_id, "admin", errors_new(world->arena)));
	assert_int_equal(super(world, &active_owners, tenant->id), 1);
}

struct owners {
	const struct tenant *tenant;
	struct uuid users[2];
};

/* Each demotes or deactivates the other. */
static int oust(struct world *world, int number, const void *context)
{
	const struct owners *owners = context;
	const struct principal *actor = acting(world, owners->users[number % 2], ROLE_OWNER);
	struct uuid victim = owners->users[(number + 1) % 2];

	if (number < 2)
		return (int)set_role(world, owners->tenant, actor, victim, "member", errors_new(world->arena));
	return (int)set_active(world, owners->tenant, actor, victim, "f", errors_new(world->arena));
}

static void owners_who_oust_each_other_at_once_leave_one(void **state)
{
	struct world *world = *state;

	for (int round = 0; round < 8; round++) {
		struct tenant_made made;
		const struct tenant *tenant = new_tenant(world, "professional", &made);
		struct owners owners = {tenant, {made.user_id, uuid_zero()}};
		struct race race;

		MUST(create(world, tenant, acting(world, made.user_id, ROLE_OWNER), "rival@fixture.example", "owner",
			    errors_new(world->arena), &owners.users[1]));
		race = run_race(4, oust, &owners);
		/* One ousts the other; a late racer may then also deactivate the member that the other has become. */
		assert_in_range(race.results[OK], 1, 2);
		assert_int_equal(super(world, &active_owners, tenant->id), 1);
	}
}

static void a_new_role_or_deactivation_ends_the_sessions(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "professional", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	const struct session_origin origin = {STR_NONE, STR_NONE};
	static const char *const names[] = {"name", "Another Name", NULL};
	struct session session;
	struct uuid user;

	MUST(create(world, tenant, owner, "two@fixture.example", "member", errors_new(world->arena), &user));
	for (int i = 0; i < 3; i++) {
		struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);

		MUST(session_start(tx, tenant, user, &origin, &session));
		MUST(ttx_commit(tx));
		assert_int_equal(super(world, &session_rows, tenant->id), 1);
		if (i == 0) {
			MUST(change(world, tenant, owner, user, names, errors_new(world->arena)));
			assert_int_equal(super(world, &session_rows, tenant->id), 1); /* a new name is no reason */
		}
		if (i < 2)
			MUST(set_role(world, tenant, owner, user, i ? "viewer" : "admin", errors_new(world->arena)));
		else
			MUST(set_active(world, tenant, owner, user, "f", errors_new(world->arena)));
		assert_int_equal(super(world, &session_rows, tenant->id), 0);
	}
}

static void a_stale_update_is_a_failed_precondition(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "professional", &made);
	const struct principal *owner = acting(world, made.user_id, ROLE_OWNER);
	static const char *const names[] = {"name", "Late Name", NULL};
	struct record *stale, *out;
	struct ttx *tx;
	struct uuid user;

	MUST(create(world, tenant, owner, "two@fixture.example", "member", errors_new(world->arena), &user));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_READ);
	MUST(entity_get(tx, &user_entity, user, &stale));
	MUST(ttx_commit(tx));
	MUST(set_role(world, tenant, owner, user, "viewer", errors_new(world->arena)));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	assert_int_equal(
		user_update(tx, owner, stale, record_of(world, &user_entity, names), errors_new(world->arena), &out),
		E_PRECONDITION);
	ttx_rollback(tx);
}

static void the_entity_layer_alone_cannot_write_users(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "professional", &made);
	const char *const pairs[] = {"email", "x@fixture.example", "name", "X", "role",
				     "owner", "is_active",         "t",    NULL};
	const char *const promotion[] = {"role", "owner", NULL};
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct record *current, *out;

	assert_int_equal(entity_insert(tx, record_of(world, &user_entity, pairs), errors_new(world->arena)),
			 E_INTERNAL);
	ttx_rollback(tx);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(entity_get(tx, &user_entity, made.user_id, &current));
	assert_int_equal(
		entity_update(tx, current, record_of(world, &user_entity, promotion), errors_new(world->arena), &out),
		E_INTERNAL);
	ttx_rollback(tx);
}

static void the_entities_contradict_themselves_nowhere(void **state)
{
	struct world *world = *state;
	struct buffer complaints = BUFFER_IN(world->arena);

	if (!entity_check(&user_entity, &complaints))
		fail_msg("%s", complaints.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_take_the_plans_seats_and_give_them_back),
		cmocka_unit_test(an_address_is_taken_in_any_case_of_letters),
		cmocka_unit_test(a_weak_first_password_is_an_error_at_the_field),
		cmocka_unit_test(a_first_password_logs_in),
		cmocka_unit_test(nobody_gives_or_touches_a_role_above_their_own),
		cmocka_unit_test(an_admin_cannot_deactivate_an_owner),
		cmocka_unit_test(the_last_owner_stays),
		cmocka_unit_test(owners_who_oust_each_other_at_once_leave_one),
		cmocka_unit_test(a_new_role_or_deactivation_ends_the_sessions),
		cmocka_unit_test(a_stale_update_is_a_failed_precondition),
		cmocka_unit_test(the_entity_layer_alone_cannot_write_users),
		cmocka_unit_test(the_entities_contradict_themselves_nowhere),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
