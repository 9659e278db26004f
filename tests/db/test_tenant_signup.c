/* The sign-up: kept on the server, done once, and one winner for each name. */
#include "tests/db/tenant_fixture.h"

#include "lib/tenant/logo.h"
#include "lib/tenant/session.h"
#include "lib/tenant/signup.h"
#include "lib/tenant/usage.h"

STATEMENT(tenants_of_slug,
	  "SELECT count(*) FROM tenant_directory d WHERE d.slug = (SELECT slug FROM signup_drafts WHERE id = $1)");
STATEMENT(draft_secrets,
	  "SELECT (password_hash IS NOT NULL)::integer + (logo IS NOT NULL)::integer FROM signup_drafts WHERE id = $1");
STATEMENT(expire_draft, "UPDATE signup_drafts SET expires_at = now() WHERE id = $1");
STATEMENT(key_rows,
	  "SELECT count(*) FROM tenant_api_keys WHERE tenant_id = $1 AND name = 'First key' AND role = 'admin'");
STATEMENT(minutes_left,
	  "SELECT ceil(extract(epoch FROM expires_at - now()) / 60)::bigint FROM signup_drafts WHERE id = $1");
STATEMENT(trial_days, "SELECT round(extract(epoch FROM trial_ends_at - now()) / 86400)::bigint FROM tenants WHERE "
		      "tenant_id = $1 AND status = 'trial'");

#define BEGIN(world) stx_begin((world)->auth, (world)->arena, "test", TX_WRITE)
#define PNG "\x89PNG\r\n\x1a\n not decoded again"

static const char *const company[] = {"name",    "Fixture Plumbing & Heating", "industry", "both",
				      "website", "https://fixture.example",    NULL};
static const char *const owner[] = {"name",  "Olive Owner",    "email",    "Olive@Fixture.example",
				    "phone", "(512) 555-0123", "password", "brass kettle orbit",
				    NULL};
static const char *const plan[] = {"plan", "professional", NULL};

static struct signup *find(struct world *world, struct str token)
{
	struct stx *tx = BEGIN(world);
	struct signup *signup;

	MUST(signup_find(tx, token, &signup));
	MUST(stx_commit(tx));
	return signup;
}

/* All four steps, each in a transaction of its own as in real life. */
static struct signup *fill(struct world *world, struct str slug, struct str *token)
{
	const char *const subdomain[] = {"subdomain", arena_c_string(world->arena, slug), NULL};
	struct errors *errors = errors_new(world->arena);
	struct stx *tx = BEGIN(world);
	struct slug_answer answer;
	struct signup *signup;

	MUST(signup_start(tx, &signup, token));
	MUST(stx_commit(tx));
	assert_int_equal(signup_next_step(find(world, *token)), SIGNUP_COMPANY);
	tx = BEGIN(world);
	MUST(signup_save_company(tx, signup, record_of(world, &signup_company_entity, company), STR(PNG), errors));
	MUST(stx_commit(tx));
	assert_int_equal(signup_next_step(find(world, *token)), SIGNUP_OWNER);
	tx = BEGIN(world);
	MUST(signup_save_owner(tx, signup, record_of(world, &signup_owner_entity, owner), errors));
	MUST(stx_commit(tx));
	assert_int_equal(signup_next_step(find(world, *token)), SIGNUP_SUBDOMAIN);
	tx = BEGIN(world);
	MUST(signup_save_slug(tx, signup, record_of(world, &signup_subdomain_entity, subdomain), errors, &answer));
	MUST(stx_commit(tx));
	assert_int_equal(signup_next_step(find(world, *token)), SIGNUP_PLAN);
	tx = BEGIN(world);
	MUST(signup_save_plan(tx, signup, record_of(world, &signup_plan_entity, plan), errors));
	MUST(stx_commit(tx));
	return find(world, *token);
}

static enum err complete(struct world *world, struct signup *signup, struct slug_answer *answer)
{
	struct stx *tx = BEGIN(world);
	enum err err = signup_complete(tx, signup, errors_new(world->arena), answer);

	if (err) {
		stx_rollback(tx);
		return err;
	}
	return stx_commit(tx);
}

static void what_was_typed_comes_back(void **state)
{
	struct world *world = *state;
	struct str token, png;
	struct signup *signup = fill(world, unique_slug(world, "typed"), &token);
	struct record *record;
	struct stx *tx;

	record = signup_record(world->arena, signup, SIGNUP_COMPANY);
	assert_true(str_is(record_text(record, "name"), "Fixture Plumbing & Heating"));
	assert_true(str_is(record_text(record, "industry"), "both"));
	record = signup_record(world->arena, signup, SIGNUP_OWNER);
	assert_true(str_is(record_text(record, "email"), "Olive@Fixture.example"));
	assert_true(str_absent(record_text(record, "password")));
	assert_true(signup->has_password && signup->has_logo);
	assert_true(str_is(record_text(signup_record(world->arena, signup, SIGNUP_PLAN), "plan"), "professional"));
	tx = BEGIN(world);
	MUST(signup_load_logo(tx, signup, &png));
	assert_true(str_equal(png, STR(PNG)));
	MUST(signup_remove_logo(tx, signup));
	assert_int_equal(signup_load_logo(tx, signup, &png), E_NOTFOUND);
	MUST(stx_commit(tx));
}

static void a_saved_password_may_be_left_out_but_not_the_first_time(void **state)
{
	static const char *const without[] = {"name", "Olive Other", "email", "olive@fixture.example", NULL};
	static const char *const weak[] = {
		"name", "Olive", "email", "olive@fixture.example", "password", "fixtureplumbingheating", NULL};
	struct world *world = *state;
	struct errors *errors = errors_new(world->arena);
	struct str token;
	struct signup *signup = fill(world, unique_slug(world, "again"), &token), *fresh;
	struct stx *tx = BEGIN(world);

	MUST(signup_save_owner(tx, signup, record_of(world, &signup_owner_entity, without), errors));
	MUST(signup_start(tx, &fresh, &token));
	assert_int_equal(signup_save_owner(tx, fresh, record_of(world, &signup_owner_entity, without), errors),
			 E_INVALID);
	assert_string_equal(code_at(errors, "password"), "required");
	errors = errors_new(world->arena);
	assert_int_equal(signup_save_owner(tx, signup, record_new(world->arena, &signup_owner_entity), errors),
			 E_INVALID);
	assert_string_equal(code_at(errors, "email"), "required");
	errors = errors_new(world->arena);
	assert_int_equal(signup_save_owner(tx, signup, record_of(world, &signup_owner_entity, weak), errors),
			 E_INVALID);
	assert_string_equal(code_at(errors, "password"), "too_personal");
	MUST(stx_commit(tx));
}

static void completing_makes_a_workspace_that_works(void **state)
{
	struct world *world = *state;
	struct str slug = unique_slug(world, "whole"), token, png;
	struct signup *signup = fill(world, slug, &token);
	const struct session_origin origin = {STR_NONE, STR_NONE};
	struct principal *principal;
	const struct tenant *tenant;
	struct session session;
	struct usage usage;
	struct token key;
	struct ttx *tx;

	MUST(complete(world, signup, NULL));
	assert_int_equal(signup_next_step(find(world, token)), SIGNUP_DONE);
	assert_int_equal(super(world, &draft_secrets, signup->id), 0);
	tenant = resolve(world, slug);
	assert_true(uuid_equal(tenant->id, signup->tenant_id));
	assert_int_equal(tenant->status, TENANT_TRIAL);
	assert_int_equal(tenant->plan->tier, PLAN_PROFESSIONAL);
	assert_int_equal(tenant->max_leads, 5000);
	assert_int_equal(super(world, &trial_days, tenant->id), TRIAL_DAYS);
	assert_int_equal(super(world, &key_rows, tenant->id), 1);

	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	assert_true(token_parse(signup_api_key(world->arena, find(world, token)), &key));
	assert_true(str_equal(key.code, tenant->code));
	MUST(principal_find(tx, &key, &principal));
	assert_int_equal(principal->role, ROLE_ADMIN);
	MUST(log_in(tx, tenant, STR("olive@fixture.example"), STR("brass kettle orbit"), &origin, &session));
	assert_int_equal(session.principal->role, ROLE_OWNER);
	MUST(logo_load(tx, tenant->logo_id, &png));
	assert_true(str_equal(png, STR(PNG)));
	MUST(usage_read(tx, &usage));
	assert_int_equal(usage.users, 1);
	MUST(ttx_commit(tx));
}

static void the_key_is_gone_when_the_owner_has_moved_on(void **state)
{
	struct world *world = *state;
	struct str slug = unique_slug(world, "moved"), token;
	struct signup *signup = fill(world, slug, &token);
	const struct tenant *tenant;
	struct link first, second;
	struct link_user user;
	struct stx *stx;
	struct ttx *tx;

	stx = BEGIN(world);
	assert_int_equal(signup_finish(stx, signup, &first), E_CONFLICT);
	stx_rollback(stx);
	MUST(complete(world, signup, NULL));
	signup = find(world, token);
	assert_true(signup->has_key);
	stx = BEGIN(world);
	MUST(signup_finish(stx, signup, &first));
	MUST(stx_commit(stx));
	signup = find(world, token);
	assert_false(signup->has_key);
	assert_true(str_absent(signup_api_key(world->arena, signup)));
	assert_int_equal(super(world, &minutes_left, signup->id), 10);
	stx = BEGIN(world);
	MUST(signup_finish(stx, signup, &second)); /* a double click */
	MUST(stx_commit(stx));

	tenant = resolve(world, slug);
	tx = ttx_begin(world->app, world->arena, tenant->scope, TX_WRITE);
	MUST(link_take(tx, tenant, LINK_HANDOVER, first.text, &user));
	assert_true(uuid_equal(user.user_id, signup->user_id));
	assert_int_equal(link_take(tx, tenant, LINK_HANDOVER, first.text, &user), E_NOTFOUND);
	MUST(link_take(tx, tenant, LINK_HANDOVER, second.text, &user));
	MUST(ttx_commit(tx));
	super(world, &expire_draft, signup->id);
	stx = BEGIN(world);
	assert_int_equal(signup_finish(stx, signup, &second), E_NOTFOUND);
	assert_int_equal(signup_find(stx, token, &signup), E_NOTFOUND);
	stx_rollback(stx);
}

static void a_seal_opens_for_its_own_draft_only(void **state)
{
	struct world *world = *state;
	struct str token;
	struct signup *signup = fill(world, unique_slug(world, "sealed"), &token);
	struct signup other;
	char *changed;

	MUST(complete(world, signup, NULL));
	assert_true(str_starts(signup_api_key(world->arena, signup), STR("tk_")));
	other = *signup;
	other.id = uuid_new();
	assert_true(str_absent(signup_api_key(world->arena, &other)));
	for (size_t i = 0; i < signup->sealed_key.n; i++) {
		other = *signup;
		other.sealed_key = arena_copy(world->arena, signup->sealed_key);
		changed = arena_alloc(world->arena, signup->sealed_key.n);
		memcpy(changed, signup->sealed_key.p, signup->sealed_key.n);
		changed[i] = (char)(changed[i] ^ 1);
		other.sealed_key = (struct str){changed, signup->sealed_key.n};
		assert_true(str_absent(signup_api_key(world->arena, &other)));
		other.sealed_key = (struct str){signup->sealed_key.p, i};
		assert_true(str_absent(signup_api_key(world->arena, &other)));
	}
}

static int complete_in_race(struct world *world, int number, const void *context)
{
	const struct str *tokens = context;
	struct stx *tx = BEGIN(world);
	struct slug_answer answer = {.suggestion_count = 0};
	struct signup *signup;
	enum err err = signup_find(tx, tokens[number], &signup);

	if (!err)
		err = signup_complete(tx, signup, errors_new(world->arena), &answer);
	if (err == E_CONFLICT && answer.suggestion_count < 3)
		return 14;
	if (err) {
		stx_rollback(tx);
		return (int)err;
	}
	err = stx_commit(tx);
	return err ? (int)err : str_absent(signup_api_key(world->arena, signup)) ? 13 : OK;
}

static void of_twenty_that_race_for_a_name_one_gets_it(void **state)
{
	struct world *world = *state;
	struct str slug = unique_slug(world, "race"), tokens[20];
	struct signup *signup = NULL;
	struct race race;

	for (size_t i = 0; i < COUNT_OF(tokens); i++)
		signup = fill(world, slug, &tokens[i]);
	race = run_race(COUNT_OF(tokens), complete_in_race, tokens);
	assert_int_equal(race.results[OK], 1);
	assert_int_equal(race.results[E_CONFLICT], COUNT_OF(tokens) - 1);
	assert_int_equal(super(world, &tenants_of_slug, signup->id), 1);
}

static void completing_one_draft_in_many_tabs_makes_one_workspace(void **state)
{
	struct world *world = *state;
	struct str tokens[20];
	struct signup *signup = fill(world, unique_slug(world, "tabs"), &tokens[0]);
	struct race race;

	for (size_t i = 1; i < COUNT_OF(tokens); i++)
		tokens[i] = tokens[0];
	race = run_race(COUNT_OF(tokens), complete_in_race, tokens);
	assert_int_equal(race.results[OK], COUNT_OF(tokens));
	assert_int_equal(super(world, &tenants_of_slug, signup->id), 1);
	assert_int_equal(super(world, &key_rows, find(world, tokens[0])->tenant_id), 1);
}

static void nothing_changes_after_completion_and_nothing_completes_half_done(void **state)
{
	struct world *world = *state;
	struct errors *errors = errors_new(world->arena);
	struct str token;
	struct signup *signup = fill(world, unique_slug(world, "late"), &token);
	struct stx *tx;

	MUST(complete(world, signup, NULL));
	tx = BEGIN(world);
	assert_int_equal(
		signup_save_company(tx, signup, record_of(world, &signup_company_entity, company), STR_NONE, errors),
		E_CONFLICT);
	assert_int_equal(signup_save_plan(tx, signup, record_of(world, &signup_plan_entity, plan), errors), E_CONFLICT);
	assert_int_equal(signup_remove_logo(tx, signup), E_CONFLICT);
	MUST(signup_start(tx, &signup, &token));
	assert_int_equal(signup_complete(tx, signup, errors, NULL), E_INVALID);
	assert_non_null(errors_for(errors, "name"));
	stx_rollback(tx);
}

static void a_taken_or_reserved_name_is_answered_with_free_ones(void **state)
{
	struct world *world = *state;
	struct tenant_made made;
	const struct tenant *tenant = new_tenant(world, "starter", &made);
	const char *const names[] = {arena_c_string(world->arena, tenant->slug), "admin"};
	static const enum err expected[] = {E_CONFLICT, E_INVALID};
	static const char *const codes[] = {"taken", "reserved"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *const subdomain[] = {"subdomain", names[i], NULL};
		struct errors *errors = errors_new(world->arena);
		struct slug_answer answer;
		struct signup *signup;
		struct str token;
		struct stx *tx = BEGIN(world);

		MUST(signup_start(tx, &signup, &token));
		assert_int_equal(signup_save_slug(tx, signup, record_of(world, &signup_subdomain_entity, subdomain),
						  errors, &answer),
				 expected[i]);
		assert_string_equal(code_at(errors, "subdomain"), codes[i]);
		assert_false(answer.available);
		assert_true(answer.suggestion_count >= 3);
		for (size_t s = 0; s < answer.suggestion_count; s++) {
			bool available;

			MUST(slug_available(tx, answer.suggestions[s], &available));
			assert_true(available);
		}
		stx_rollback(tx);
	}
}

static void suggestions_come_from_names_too(void **state)
{
	struct world *world = *state;
	struct stx *tx = BEGIN(world);
	struct slug_answer answer;

	MUST(slug_suggest(tx, STR("Zephyr & Sons Heating, Inc."), &answer));
	assert_true(str_is(answer.slug, "zephyr-sons-heating"));
	assert_true(answer.available);
	MUST(slug_suggest(tx, STR("ADMIN"), &answer));
	assert_true(str_is(answer.slug, "admin"));
	assert_false(answer.available);
	MUST(slug_suggest(tx, STR_NONE, &answer));
	assert_true(slug_valid(answer.slug));
	MUST(slug_suggest(tx, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), &answer));
	assert_true(answer.suggestion_count >= 3);
	for (size_t i = 0; i < answer.suggestion_count; i++)
		assert_true(slug_valid(answer.suggestions[i]));
	MUST(stx_commit(tx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_typed_comes_back),
		cmocka_unit_test(a_saved_password_may_be_left_out_but_not_the_first_time),
		cmocka_unit_test(completing_makes_a_workspace_that_works),
		cmocka_unit_test(the_key_is_gone_when_the_owner_has_moved_on),
		cmocka_unit_test(a_seal_opens_for_its_own_draft_only),
		cmocka_unit_test(of_twenty_that_race_for_a_name_one_gets_it),
		cmocka_unit_test(completing_one_draft_in_many_tabs_makes_one_workspace),
		cmocka_unit_test(nothing_changes_after_completion_and_nothing_completes_half_done),
		cmocka_unit_test(a_taken_or_reserved_name_is_answered_with_free_ones),
		cmocka_unit_test(suggestions_come_from_names_too),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
