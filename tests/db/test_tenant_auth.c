/* Log-in, sessions, single-use links and API keys against the database. */
#include "tests/db/tenant_fixture.h"

#include "lib/tenant/api_key.h"
#include "lib/tenant/link.h"
#include "lib/tenant/session.h"
#include "lib/tenant/user.h"

#define PASSWORD "brass kettle orbit"

STATEMENT(cut_hash,
	  "UPDATE tenant_users SET password_hash = '$argon2id$v=19$m=8192,t=1,p=1$c29tZSBzYWx0$' WHERE tenant_id = $1");
/* Of PASSWORD, at half the cost. */
STATEMENT(cheap_hash,
	  "UPDATE tenant_users SET password_hash ="
	  " '$argon2id$v=19$m=8192,t=1,p=1$zqBLY2PRkOWuYGOnGnNaGQ$Y2K+IGFTUmfP00qcorTfzYXoJq2cehCed1GFel2JU5k'"
	  " WHERE tenant_id = $1");
STATEMENT(hash_is_cheap, "SELECT (password_hash LIKE '%$m=8192,%')::integer FROM tenant_users WHERE tenant_id = $1");
STATEMENT(deactivate_all, "UPDATE tenant_users SET is_active = false WHERE tenant_id = $1");
STATEMENT(age_sessions,
	  "UPDATE tenant_sessions SET last_used_at = last_used_at - interval '2 minutes' WHERE tenant_id = $1");
STATEMENT(old_session, "UPDATE tenant_sessions SET created_at = created_at - interval '29 days' WHERE tenant_id = $1");
STATEMENT(session_days_left, "SELECT floor(extract(epoch FROM expires_at - now()) / 86400)::bigint FROM "
			     "tenant_sessions WHERE tenant_id = $1");
STATEMENT(expire_sessions, "UPDATE tenant_sessions SET expires_at = now() WHERE tenant_id = $1");
STATEMENT(session_rows, "SELECT count(*) FROM tenant_sessions WHERE tenant_id = $1");
STATEMENT(expire_links, "UPDATE tenant_tokens SET expires_at = now() WHERE tenant_id = $1");
STATEMENT(expire_keys, "UPDATE tenant_api_keys SET expires_at = now() WHERE tenant_id = $1");
STATEMENT(logged_in,
	  "SELECT count(*) FROM tenant_users WHERE tenant_id = $1 AND last_login_at > now() - interval '1 minute'");
STATEMENT(key_text_stored, "SELECT count(*) FROM tenant_api_keys WHERE tenant_id = $1 AND tenant_api_keys::text ~ "
			   "'tk_[0-9A-Za-z]{8}_[0-9A-Za-z]{3}'");

static const struct session_origin origin = {{"curl/8", 6}, {"192.0.2.7", 9}};

static void give_password(struct world *world, const struct tenant *tenant, struct uuid user)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);

	MUST(user_set_password(tx, tenant, user, STR(PASSWORD), "password", errors_new(world->arena)));
	MUST(ttx_commit(tx));
}

static enum err try_log_in(struct world *world, const struct tenant *tenant, const char *email, const char *password,
			   struct session *out)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	enum err err = log_in(tx, tenant, str_from(email), str_from(password), &origin, out);

	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return ttx_commit(tx);
}

static enum err find(struct world *world, const struct tenant *tenant, struct str text, struct principal **out)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_READ);
	struct token token;
	enum err err = token_parse(text, &token) ? principal_find(tx, &token, out) : E_MALFORMED;

	ttx_rollback(tx);
	return err;
}

static void a_password_opens_a_session_that_is_found(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct principal *principal;
	struct session session;

	give_password(world, tenant, made.user_id);
	MUST(try_log_in(world, tenant, " OLIVE@fixture.Example ", PASSWORD, &session));
	assert_int_equal(session.principal->role, ROLE_OWNER);
	MUST(find(world, tenant, session.token, &principal));
	assert_true(uuid_equal(principal->user_id, made.user_id));
	assert_true(uuid_equal(principal->credential_id, session.id));
	assert_true(str_is(principal->name, "Olive Owner"));
	assert_true(str_is(principal->email, "Olive@Fixture.example"));
	assert_int_equal(principal->kind, CREDENTIAL_SESSION);
	assert_false(principal->touch_due);
	assert_int_equal(super(world, &logged_in, tenant->id), 1);
}

static void every_failed_log_in_looks_the_same(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct session session;

	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session),
			 E_UNAUTH); /* none set yet */
	give_password(world, tenant, made.user_id);
	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example", "brass kettle orbi", &session), E_UNAUTH);
	assert_int_equal(try_log_in(world, tenant, "stranger@fixture.example", PASSWORD, &session), E_UNAUTH);
	assert_int_equal(try_log_in(world, tenant, "", "", &session), E_UNAUTH);
	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example' OR '1'='1", PASSWORD, &session), E_UNAUTH);
	super(world, &deactivate_all, tenant->id);
	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session), E_UNAUTH);
}

static void a_session_of_one_tenant_is_nothing_in_another(void **state)
{
	struct world *world = *state;
	struct tenant_made made, other_made;
	const struct tenant *tenant = new_tenant(world, "starter", &made),
			    *other = new_tenant(world, "starter", &other_made);
	struct principal *principal;
	struct session session;

	give_password(world, tenant, made.user_id);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session));
	assert_int_equal(find(world, other, session.token, &principal), E_UNAUTH);
	assert_int_equal(try_log_in(world, other, "olive@fixture.example", PASSWORD, &session), E_UNAUTH);
}

static void a_session_ends_by_log_out_by_time_and_with_its_user(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct session one, two, three;
	struct principal *principal;
	struct ttx *tx;

	give_password(world, tenant, made.user_id);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &one));
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &two));
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &three));
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(session_end(tx, one.id));
	MUST(session_end(tx, one.id));
	MUST(session_end_others_of_user(tx, made.user_id, three.id));
	MUST(ttx_commit(tx));
	assert_int_equal(find(world, tenant, one.token, &principal), E_UNAUTH);
	assert_int_equal(find(world, tenant, two.token, &principal), E_UNAUTH);
	MUST(find(world, tenant, three.token, &principal));
	super(world, &expire_sessions, tenant->id);
	assert_int_equal(find(world, tenant, three.token, &principal), E_UNAUTH);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &one)); /* clears the expired one away */
	assert_int_equal(super(world, &session_rows, tenant->id), 1);
	super(world, &deactivate_all, tenant->id);
	assert_int_equal(find(world, tenant, one.token, &principal), E_UNAUTH);
}

static void use_slides_a_session_but_not_past_thirty_days(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct principal *principal;
	struct session session;

	give_password(world, tenant, made.user_id);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session));
	super(world, &age_sessions, tenant->id);
	MUST(find(world, tenant, session.token, &principal));
	assert_true(principal->touch_due);
	super(world, &old_session, tenant->id);
	principal_touch(world->app, world->arena, tenant, principal);
	MUST(find(world, tenant, session.token, &principal));
	assert_false(principal->touch_due);
	assert_int_equal(super(world, &session_days_left, tenant->id), 0);
}

static void an_old_hash_fails_or_is_brought_up_to_date(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct session session;

	super(world, &cut_hash, tenant->id);
	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session), E_UNAUTH);
	super(world, &cheap_hash, tenant->id);
	assert_int_equal(try_log_in(world, tenant, "olive@fixture.example", "something else entirely", &session),
			 E_UNAUTH);
	assert_int_equal(super(world, &hash_is_cheap, tenant->id), 1);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session));
	assert_int_equal(super(world, &hash_is_cheap, tenant->id), 0);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session));
}

/* ---- links ---- */

static struct link make_link(struct world *world, const struct tenant *tenant, enum link_purpose purpose,
			     struct uuid user)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct link link;

	MUST(link_make(tx, tenant, purpose, user, &link));
	MUST(ttx_commit(tx));
	return link;
}

struct link_race {
	const struct tenant *tenant;
	struct str text;
};

static int take(struct world *world, int number, const void *context)
{
	const struct link_race *race = context;
	struct ttx *tx = ttx_begin(world->app, world->arena, race->tenant->scope, TX_WRITE);
	struct link_user user;
	enum err err = link_take(tx, race->tenant, LINK_HANDOVER, race->text, &user);

	(void)number;
	if (err) {
		ttx_rollback(tx);
		return (int)err;
	}
	return (int)ttx_commit(tx);
}

static void of_fifty_that_take_a_link_exactly_one_gets_it(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct link_race context = {tenant, make_link(world, tenant, LINK_HANDOVER, made.user_id).text};
	struct race race = run_race(50, take, &context);

	assert_int_equal(race.results[OK], 1);
	assert_int_equal(race.results[E_NOTFOUND], 49);
}

static enum err peek(struct world *world, const struct tenant *tenant, enum link_purpose purpose, struct str text)
{
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_READ);
	struct link_user user;
	enum err err = link_peek(tx, tenant, purpose, text, &user);

	ttx_rollback(tx);
	return err;
}

static void a_link_is_for_one_purpose_one_tenant_and_its_time(void **state)
{
	struct world *world = *state;
	struct tenant_made made, other_made;
	const struct tenant *tenant = new_tenant(world, "starter", &made),
			    *other = new_tenant(world, "starter", &other_made);
	struct link link = make_link(world, tenant, LINK_SET_PASSWORD, made.user_id), newer;

	MUST(peek(world, tenant, LINK_SET_PASSWORD, link.text));
	MUST(peek(world, tenant, LINK_SET_PASSWORD, link.text)); /* looking does not use it up */
	assert_int_equal(peek(world, tenant, LINK_HANDOVER, link.text), E_NOTFOUND);
	assert_int_equal(peek(world, other, LINK_SET_PASSWORD, link.text), E_NOTFOUND);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, STR("tl_nonsense")), E_NOTFOUND);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, STR_NONE), E_NOTFOUND);
	newer = make_link(world, tenant, LINK_SET_PASSWORD, made.user_id);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, link.text), E_NOTFOUND); /* voided by the newer one */
	MUST(peek(world, tenant, LINK_SET_PASSWORD, newer.text));
	super(world, &expire_links, tenant->id);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, newer.text), E_NOTFOUND);
	newer = make_link(world, tenant, LINK_SET_PASSWORD, made.user_id);
	super(world, &deactivate_all, tenant->id);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, newer.text), E_NOTFOUND);
}

static void setting_a_password_ends_sessions_and_voids_links(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct link link = make_link(world, tenant, LINK_SET_PASSWORD, made.user_id);
	struct errors *errors = errors_new(world->arena);
	struct principal *principal;
	struct session session;
	struct ttx *tx;

	give_password(world, tenant, made.user_id);
	assert_int_equal(peek(world, tenant, LINK_SET_PASSWORD, link.text), E_NOTFOUND);
	MUST(try_log_in(world, tenant, "olive@fixture.example", PASSWORD, &session));
	give_password(world, tenant, made.user_id);
	assert_int_equal(find(world, tenant, session.token, &principal), E_UNAUTH);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	assert_int_equal(user_set_password(tx, tenant, made.user_id, STR("fixtureheating1"), "password", errors),
			 E_INVALID);
	assert_string_equal(code_at(errors, "password"), "too_personal");
	ttx_rollback(tx);
}

/* ---- API keys ---- */

static struct api_key *create_key(struct world *world, const struct tenant *tenant, const struct principal *actor,
				  const char *role, enum err expected)
{
	const char *const pairs[] = {"name", "Website form", "role", role, NULL};
	struct record *input = record_of(world, &api_key_entity, pairs);
	struct ttx *tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	struct api_key *key = NULL;

	assert_int_equal(api_key_create(tx, tenant, actor, input, errors_new(world->arena), &key), expected);
	if (expected == OK)
		MUST(ttx_commit(tx));
	else
		ttx_rollback(tx);
	return key;
}

static void a_key_works_until_it_is_revoked_or_expires(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct principal *owner = acting(world, made.user_id, ROLE_OWNER), *principal;
	struct api_key *key = create_key(world, tenant, owner, "member", OK), *list;
	struct ttx *tx;
	size_t count;

	assert_true(str_starts(key->secret, key->prefix) && str_ends(key->secret, key->last_four));
	assert_int_equal(super(world, &key_text_stored, tenant->id), 0);
	MUST(find(world, tenant, key->secret, &principal));
	assert_int_equal(principal->kind, CREDENTIAL_API_KEY);
	assert_int_equal(principal->role, ROLE_MEMBER);
	assert_true(uuid_is_zero(principal->user_id));
	assert_true(str_is(principal->name, "Website form"));
	assert_true(principal->touch_due);
	principal_touch(world->app, world->arena, tenant, principal);
	MUST(find(world, tenant, key->secret, &principal));
	assert_false(principal->touch_due);

	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(api_key_list(tx, &list, &count));
	assert_int_equal(count, 1);
	assert_true(str_is(list[0].creator, "Olive Owner"));
	assert_true(list[0].last_used_at > 0);
	assert_true(str_absent(list[0].secret));
	MUST(api_key_revoke(tx, key->id));
	MUST(api_key_revoke(tx, key->id));
	assert_int_equal(api_key_revoke(tx, uuid_new()), E_NOTFOUND);
	MUST(ttx_commit(tx));
	assert_int_equal(find(world, tenant, key->secret, &principal), E_UNAUTH);

	key = create_key(world, tenant, owner, "admin", OK);
	super(world, &expire_keys, tenant->id);
	assert_int_equal(find(world, tenant, key->secret, &principal), E_UNAUTH);
}

static void a_key_does_no_more_than_its_maker(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct principal *key = acting(world, made.user_id, ROLE_ADMIN);

	(void)create_key(world, tenant, acting(world, made.user_id, ROLE_MEMBER), "viewer", E_FORBIDDEN);
	(void)create_key(world, tenant, acting(world, made.user_id, ROLE_ADMIN), "admin", OK);
	(void)create_key(world, tenant, acting(world, made.user_id, ROLE_OWNER), "owner", E_INVALID);
	key->kind = CREDENTIAL_API_KEY;
	(void)create_key(world, tenant, key, "viewer", E_FORBIDDEN);
}

static void fifty_keys_are_enough(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	struct principal *owner = acting(world, made.user_id, ROLE_OWNER);

	for (int i = 0; i < API_KEY_MOST; i++)
		(void)create_key(world, tenant, owner, "viewer", OK);
	(void)create_key(world, tenant, owner, "viewer", E_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_opens_a_session_that_is_found),
		cmocka_unit_test(every_failed_log_in_looks_the_same),
		cmocka_unit_test(a_session_of_one_tenant_is_nothing_in_another),
		cmocka_unit_test(a_session_ends_by_log_out_by_time_and_with_its_user),
		cmocka_unit_test(use_slides_a_session_but_not_past_thirty_days),
		cmocka_unit_test(an_old_hash_fails_or_is_brought_up_to_date),
		cmocka_unit_test(of_fifty_that_take_a_link_exactly_one_gets_it),
		cmocka_unit_test(a_link_is_for_one_purpose_one_tenant_and_its_time),
		cmocka_unit_test(setting_a_password_ends_sessions_and_voids_links),
		cmocka_unit_test(a_key_works_until_it_is_revoked_or_expires),
		cmocka_unit_test(a_key_does_no_more_than_its_maker),
		cmocka_unit_test(fifty_keys_are_enough),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
