/* Leads over JSON: the contract's bytes, every bad input, versions, replays, limits. */
#include "tests/web/fixture.h"

static struct company acme, elite;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&elite, "elite");
	return 0;
}

static const struct response *post(const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads", .bearer = acme.key[ROLE_MEMBER],
		   .json = json);
}

static const struct response *get(const char *path)
{
	return ASK(.host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER]);
}

static const char *lead_path(struct str id)
{
	return text("/api/leads/%.*s", STR_FMT_ARG(id)).p;
}

static void a_created_lead_answers_with_the_contract_s_members(void **state)
{
	static const char *const members[] = {"id",
					      "name",
					      "phone",
					      "phone_e164",
					      "email",
					      "company",
					      "address",
					      "city",
					      "state",
					      "zip",
					      "trade",
					      "urgency",
					      "notes",
					      "status",
					      "tier",
					      "score",
					      "value_cents",
					      "source",
					      "utm_source",
					      "utm_medium",
					      "utm_campaign",
					      "referrer",
					      "owner_id",
					      "version",
					      "created_at",
					      "updated_at",
					      "contact_id",
					      "lost_reason",
					      "stage_id",
					      "score_reasons",
					      "cost_cents",
					      "next_step",
					      "next_step_at",
					      "sms_consent",
					      "sms_consent_text",
					      "sms_consent_at",
					      "response_due_at",
					      "first_response_at",
					      "first_response_kind",
					      "first_response_by",
					      "first_response_seconds",
					      "stage_since",
					      "converted_at",
					      "tags"};
	const struct response *created = post(
		"{\"name\":\"Karen Abbott\",\"phone\":\"(512) 555-0100\",\"tier\":\"hot\",\"value_cents\":125050}");
	const struct value *tree = json_at(created, "");

	(void)state;
	assert_status(created, 201);
	for (size_t i = 0; i < COUNT_OF(members); i++)
		assert_true_of(created, value_get(tree, str_from(members[i])) != NULL, members[i]);
	assert_int_equal(value_count(tree), COUNT_OF(members));
	assert_json(created, "phone_e164", "+15125550100");
	assert_json(created, "status", "new");
	assert_json(created, "value_cents", "125050");
	assert_json(created, "version", "1");
	assert_string_equal(web_answer_header(created, "etag").n
				    ? text("%.*s", STR_FMT_ARG(web_answer_header(created, "etag"))).p
				    : "",
			    "\"1\"");
	assert_true(str_equal(location_of(created), str_from(lead_path(json_text(created, "id")))));
	assert_true(str_equal(buffer_str(&get(lead_path(json_text(created, "id")))->body), buffer_str(&created->body)));
	assert_status(ASK(.host = STR("api"), .path = lead_path(json_text(created, "id")),
			  .headers = {{"x-api-key", acme.key[ROLE_VIEWER].p}}),
		      200);
	assert_status(
		ASK(.host = acme.slug, .path = lead_path(json_text(created, "id")), .bearer = elite.key[ROLE_MEMBER]),
		403);
	assert_status(
		ASK(.host = STR("api"), .path = lead_path(json_text(created, "id")), .bearer = elite.key[ROLE_MEMBER]),
		404);
}

static void bad_bodies_name_the_field(void **state)
{
	static const struct {
		const char *json, *field, *code;
	} rows[] = {
		{"{}", "name", "required"},
		{"{\"name\":\"\"}", "name", "required"},
		{"{\"name\":\"   \"}", "name", "required"},
		{"{\"name\":null}", "name", "required"},
		{"{\"name\":5}", "name", "wrong_type"},
		{"{\"name\":[\"a\"]}", "name", "wrong_type"},
		{"{\"name\":\"a\",\"color\":\"red\"}", "color", "unknown_field"},
		{"{\"name\":\"a\",\"id\":\"01900000-0000-7000-8000-00000000dead\"}", "id", NULL},
		{"{\"name\":\"a\",\"tenant_id\":\"01900000-0000-7000-8000-00000000dead\"}", "tenant_id", NULL},
		{"{\"name\":\"a\",\"search_text\":\"x\"}", "search_text", NULL},
		{"{\"name\":\"a\",\"version\":7}", "version", NULL},
		{"{\"name\":\"a\",\"created_at\":\"2020-01-01T00:00:00Z\"}", "created_at", "read_only"},
		{"{\"name\":\"a\",\"phone_e164\":\"+15125550100\"}", "phone_e164", "read_only"},
		{"{\"name\":\"a\",\"phone\":\"abc\"}", "phone", "not_a_phone"},
		{"{\"name\":\"a\",\"phone\":\"12\"}", "phone", NULL},
		{"{\"name\":\"a\",\"email\":\"nobody\"}", "email", "not_an_email"},
		{"{\"name\":\"a\",\"email\":\"a@b\"}", "email", "not_an_email"},
		{"{\"name\":\"a\",\"trade\":\"roofing\"}", "trade", "not_a_choice"},
		{"{\"name\":\"a\",\"urgency\":\"\\u0000\"}", NULL, NULL},
		{"{\"name\":\"a\",\"status\":\"NEW\"}", "status", "not_a_choice"},
		{"{\"name\":\"a\",\"tier\":true}", "tier", "wrong_type"},
		{"{\"name\":\"a\",\"score\":101}", "score", "out_of_range"},
		{"{\"name\":\"a\",\"score\":-1}", "score", "out_of_range"},
		{"{\"name\":\"a\",\"score\":1.5}", "score", "not_an_integer"},
		{"{\"name\":\"a\",\"score\":\"5\"}", "score", "wrong_type"},
		{"{\"name\":\"a\",\"value_cents\":1e3}", "value_cents", "not_an_integer"},
		{"{\"name\":\"a\",\"value_cents\":99999999999999999999999999}", "value_cents", NULL},
		{"{\"name\":\"a\",\"value_cents\":1e400}", "value_cents", NULL},
		{"{\"name\":\"a\",\"value_cents\":-5}", "value_cents", "out_of_range"},
		{"{\"name\":\"a\",\"owner_id\":\"me\"}", "owner_id", "not_an_id"},
		{"{\"name\":\"a\",\"owner_id\":\"01900000-0000-7000-8000-00000000dead\"}", "owner_id", "not_found"},
		{"{\"name\":\"a\\u0007b\"}", "name", "control_character"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].field)
			assert_field_error(post(rows[i].json), 422, rows[i].field, rows[i].code);
		else
			assert_true(post(rows[i].json)->status / 100 == 4);
	assert_field_error(post(text("{\"name\":\"%s\"}", text("%0201d", 1).p).p), 422, "name", "too_long");
	/* Everything that is wrong is told at once. */
	assert_field_error(post("{\"email\":\"x\",\"score\":500}"), 422, "score", NULL);
	assert_field_error(post("{\"email\":\"x\",\"score\":500}"), 422, "email", NULL);
	/* Somebody of another workspace cannot own a lead here. */
	assert_field_error(post(text("{\"name\":\"a\",\"owner_id\":\"%.*s\"}", STR_FMT_ARG(elite.user[ROLE_MEMBER])).p),
			   422, "owner_id", "not_found");
	assert_status(post(text("{\"name\":\"a\",\"owner_id\":\"%.*s\"}", STR_FMT_ARG(acme.user[ROLE_MEMBER])).p), 201);
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
#define ROW(literal) {literal, sizeof(literal) - 1}
		ROW("{\"name\":\"a\""),
		ROW("{\"name\":\"a\",}"),
		ROW("{\"name\":'a'}"),
		ROW("{\"name\":\"a\"} x"),
		ROW("{\"name\":\"\xff\"}"),
		ROW("{\"name\":\"\xc0\xaf\"}"),
		ROW("{\"name\":\"a\0b\"}"),
		ROW("{\"name\":\"\\ud800\"}"),
		ROW("{\"name\":01}"),
		ROW("{\"name\":NaN}"),
		ROW("{\"name\":\"a\",\"name\":\"b\"}"),
		ROW("nothing"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct response *answer = ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads",
						    .bearer = acme.key[ROLE_MEMBER], .type = "application/json",
						    .body = (struct str){rows[i].bytes, rows[i].length});

		assert_status(answer, 400);
		assert_has(answer, "byte");
	}
	assert_status(post("[]"), 400);
	assert_status(post("null"), 400);
	assert_status(post("\"name\""), 400);
	assert_status(post(""), 400);
	assert_status(post("{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}"), 413);
	for (size_t i = 0; i < 4; i++)
		assert_status(
			ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads",
			    .bearer = acme.key[ROLE_MEMBER], .body = STR("{\"name\":\"a\"}"),
			    .type = ((const char *const[]){NULL, "text/plain", "application/x-www-form-urlencoded",
							   "application/jsonx"})[i]),
			415);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads",
			  .bearer = acme.key[ROLE_MEMBER], .body = STR("{\"name\":\"charset\"}"),
			  .type = "application/json; charset=utf-8"),
		      201);
}

/* ---- versions ---- */

static const struct response *change(struct str id, const char *if_match, const char *json)
{
	return ASK(.method = METHOD_PATCH, .host = acme.slug, .path = lead_path(id), .bearer = acme.key[ROLE_MEMBER],
		   .json = json, .headers = {{if_match ? "if-match" : NULL, if_match}});
}

static const struct response *drop(struct str id, const char *if_match)
{
	return ASK(.method = METHOD_DELETE, .host = acme.slug, .path = lead_path(id), .bearer = acme.key[ROLE_MEMBER],
		   .headers = {{if_match ? "if-match" : NULL, if_match}});
}

static void changes_name_the_version_they_read(void **state)
{
	struct str id = company_lead(&acme, "Versions"), nobody = STR("01900000-0000-7000-8000-00000000dead");
	const struct response *changed;

	(void)state;
	assert_status(change(id, NULL, "{\"city\":\"Austin\"}"), 428);
	assert_status(change(id, "\"2\"", "{\"city\":\"Austin\"}"), 412);
	assert_status(change(id, "nonsense", "{\"city\":\"Austin\"}"), 412);
	changed = change(id, "\"1\"", "{\"city\":\"Austin\"}");
	assert_status(changed, 200);
	assert_json(changed, "city", "Austin");
	assert_true(str_is(web_answer_header(changed, "etag"), "\"2\""));
	assert_status(change(id, "\"1\"", "{\"city\":\"Dallas\"}"), 412);
	assert_status(change(id, "*", "{\"city\":null}"), 200);
	changed = change(id, "\"3\"", "{}");
	assert_status(changed, 200);
	assert_json(changed, "version", "3");
	assert_field_error(change(id, "*", "{\"name\":null}"), 422, "name", "required");
	assert_field_error(change(id, "*", "{\"nope\":1}"), 422, "nope", "unknown_field");
	assert_status(change(nobody, "*", "{\"city\":\"Austin\"}"), 404);
	assert_status(get(lead_path(nobody)), 404);
	assert_status(get("/api/leads/1"), 404);
	assert_status(drop(nobody, NULL), 404);
	assert_status(drop(id, "\"1\""), 412);
	assert_status(drop(id, "\"3\""), 204);
	assert_status(drop(id, NULL), 404);
	id = company_lead(&acme, "Goes without a question");
	assert_status(drop(id, NULL), 204);
	assert_status(get(lead_path(id)), 404);
	assert_status(ASK(.method = METHOD_PUT, .host = acme.slug, .path = lead_path(id),
			  .bearer = acme.key[ROLE_MEMBER], .json = "{}"),
		      405);
}

/* ---- replays ---- */

static const struct response *post_once(const char *key, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads", .bearer = acme.key[ROLE_MEMBER],
		   .json = json, .headers = {{"idempotency-key", key}});
}

static void a_key_sent_again_gives_the_same_bytes(void **state)
{
	struct str key = hex_encode(web->arena, web->request_id.p, 8);
	const struct response *first = post_once(key.p, "{\"name\":\"Once\"}"),
			      *again = post_once(key.p, "{\"name\":\"Once\"}");

	(void)state;
	assert_status(first, 201);
	assert_status(again, 201);
	assert_true(str_equal(buffer_str(&first->body), buffer_str(&again->body)));
	assert_true(str_equal(location_of(first), location_of(again)));
	assert_true(str_equal(web_answer_header(first, "etag"), web_answer_header(again, "etag")));
	assert_status(post_once(key.p, "{\"name\":\"Twice\"}"), 422);
	assert_int_equal(value_count(json_at(get("/api/leads?q=Once"), "data")), 1);
	/* An error keeps nothing: mended, the same key works. */
	assert_status(post_once("mended", "{\"name\":\"\"}"), 422);
	assert_status(post_once("mended", "{\"name\":\"Mended\"}"), 201);
	assert_status(post_once("", "{\"name\":\"Once\"}"), 400);
	assert_status(post_once("two words", "{\"name\":\"Once\"}"), 400);
}

/* ---- who may ---- */

static void roles_keys_and_states_hold(void **state)
{
	struct company summit;
	struct str key, id;
	const struct response *made;

	(void)state;
	company_make(&summit, "summit");
	id = company_lead(&summit, "Stays");
	key = summit.key[ROLE_MEMBER];
#define POST_AS(credential)                                                                                            \
	ASK(.method = METHOD_POST, .host = summit.slug, .path = "/api/leads", .bearer = credential,                    \
	    .json = "{\"name\":\"a\"}")
#define READ_AS(credential) ASK(.host = summit.slug, .path = "/api/leads", .bearer = credential)
	assert_status(POST_AS(summit.key[ROLE_VIEWER]), 403);
	assert_status(READ_AS(summit.key[ROLE_VIEWER]), 200);
	assert_status(POST_AS(summit.session[ROLE_VIEWER]), 403);
	assert_status(POST_AS(summit.session[ROLE_MEMBER]), 201);
	assert_status(POST_AS(STR("tk_nonsense")), 401);
	assert_status(ASK(.host = summit.slug, .path = "/api/leads"), 401);
	made = ASK(.method = METHOD_POST, .host = summit.slug, .path = "/api/api-keys",
		   .bearer = summit.session[ROLE_ADMIN], .json = "{\"name\":\"Short\",\"role\":\"member\"}");
	assert_status(made, 201);
	assert_status(POST_AS(json_text(made, "key")), 201);
	assert_status(ASK(.method = METHOD_DELETE, .host = summit.slug,
			  .path = text("/api/api-keys/%.*s", STR_FMT_ARG(json_text(made, "id"))).p,
			  .bearer = summit.session[ROLE_ADMIN]),
		      204);
	assert_status(POST_AS(json_text(made, "key")), 401);
	company_set(&summit, "max_leads = 1000, current_lead_count = 1000, plan_tier = 'starter'");
	made = POST_AS(key);
	assert_status(made, 402);
	assert_json(made, "code", "plan_limit");
	assert_has(made, "leads");
	assert_has(made, "Professional");
	company_set(&summit, "max_leads = NULL, trial_ends_at = now() - interval '1 day'");
	made = POST_AS(key);
	assert_status(made, 402);
	assert_json(made, "code", "trial_ended");
	assert_has(made, "Starter");
	assert_status(READ_AS(key), 200);
	assert_status(ASK(.host = STR("api"), .path = lead_path(id), .bearer = key), 200);
	company_set(&summit, "status = 'suspended'");
	made = READ_AS(key);
	assert_status(made, 403);
	assert_json(made, "code", "workspace_closed");
	assert_status(ASK(.host = STR("api"), .path = lead_path(id), .bearer = key), 403);
	company_set(&summit, "status = 'active'");
	assert_status(POST_AS(key), 201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_created_lead_answers_with_the_contract_s_members),
		cmocka_unit_test(bad_bodies_name_the_field),
		cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
		cmocka_unit_test(changes_name_the_version_they_read),
		cmocka_unit_test(a_key_sent_again_gives_the_same_bytes),
		cmocka_unit_test(roles_keys_and_states_hold),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
