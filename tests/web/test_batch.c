/* Many rows in one request: all or none, or those that can be, with a result for each; sent twice, made once. */
#include "tests/web/fixture.h"

#include <stdlib.h>

static struct company acme, elite;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&elite, "elite");
	return 0;
}

static const struct response *post(const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER],
		   .json = json);
}

static long long leads(const struct company *company)
{
	return atoll(test_sql_value("SELECT count(*) FROM leads WHERE tenant_id = '%.*s'",
				    STR_FMT_ARG(uuid_text(web->arena, company->id)))
			     .p);
}

static void all_are_created_and_told_in_their_order(void **state)
{
	const struct response *answer = post(
		"/api/leads/batch", "{\"rows\":[{\"name\":\"Ann\"},{\"name\":\"Bob\",\"phone\":\"512 555 0101\"}]}");

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "created", "2");
	assert_json(answer, "failed", "0");
	assert_int_equal(value_count(json_at(answer, "results")), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct response *lead =
			ASK(.host = acme.slug, .bearer = acme.key[ROLE_MEMBER],
			    .path = text("/api/leads/%.*s",
					 STR_FMT_ARG(json_text(answer, i ? "results.1.id" : "results.0.id")))
					    .p);

		assert_status(lead, 200);
		assert_has(lead, i ? "\"Bob\"" : "\"Ann\"");
	}
	/* As one that was created alone: with its history and its stage. */
	assert_int_equal(atoll(test_sql_value("SELECT count(*) FROM record_changes c JOIN leads l ON l.id = "
					      "c.row_id WHERE l.name IN ('Ann', 'Bob') AND l.tenant_id = '%.*s'",
					      STR_FMT_ARG(uuid_text(web->arena, acme.id)))
				       .p),
			 2);
}

static void one_wrong_row_stops_all_and_every_wrong_field_is_named(void **state)
{
	long long before = leads(&acme);
	const struct response *answer =
		post("/api/leads/batch",
		     "{\"rows\":[{\"name\":\"Good\"},{\"name\":\"\"},{\"name\":\"X\",\"email\":\"no\"},7]}");

	(void)state;
	assert_status(answer, 422);
	assert_has(answer, "\"rows[1].name\"");
	assert_has(answer, "\"rows[2].email\"");
	assert_has(answer, "\"rows[3]\"");
	assert_int_equal(leads(&acme), before);
	/* What only the database can tell. */
	answer = post("/api/leads/batch", "{\"rows\":[{\"name\":\"Good\"},{\"name\":\"X\",\"owner_id\":\"01900000-0000-"
					  "7000-8000-000000000000\"}]}");
	assert_status(answer, 422);
	assert_has(answer, "\"rows[1].owner_id\"");
	assert_int_equal(leads(&acme), before);
}

static void best_effort_creates_the_others(void **state)
{
	long long before = leads(&acme);
	const struct response *answer =
		post("/api/leads/batch",
		     "{\"mode\":\"best_effort\",\"rows\":[{\"name\":\"First\"},{\"name\":\"\"},"
		     "{\"name\":\"X\",\"owner_id\":\"01900000-0000-7000-8000-000000000000\"},[],{\"name\":\"Last\"}]}");
	static const char *const statuses[] = {"201", "422", "422", "422", "201"};

	(void)state;
	assert_status(answer, 200);
	assert_json(answer, "created", "2");
	assert_json(answer, "failed", "3");
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		assert_true(str_is(json_text(answer, text("results.%zu.index", i).p), text("%zu", i).p));
		assert_true(str_is(json_text(answer, text("results.%zu.status", i).p), statuses[i]));
		assert_int_equal(value_count(json_at(answer, text("results.%zu.errors", i).p)) > 0,
				 strcmp(statuses[i], "201") != 0);
	}
	assert_has(answer, "\"owner_id\"");
	assert_int_equal(leads(&acme), before + 2);
}

static void the_plan_s_limit_holds_in_the_middle(void **state)
{
	long long before = leads(&elite);
	const struct response *answer;

	(void)state;
	company_set(&elite, text("max_leads = %lld", before + 2).p);
	answer =
		ASK(.method = METHOD_POST, .host = elite.slug, .path = "/api/leads/batch",
		    .bearer = elite.key[ROLE_MEMBER],
		    .json = "{\"mode\":\"best_effort\",\"rows\":[{\"name\":\"1\"},{\"name\":\"2\"},{\"name\":\"3\"}]}");
	assert_status(answer, 200);
	assert_has(answer, "\"created\":2");
	assert_has(answer, "\"status\":402");
	assert_int_equal(leads(&elite), before + 2);
	answer = ASK(.method = METHOD_POST, .host = elite.slug, .path = "/api/leads/batch",
		     .bearer = elite.key[ROLE_MEMBER], .json = "{\"rows\":[{\"name\":\"3\"}]}");
	assert_status(answer, 402);
	assert_int_equal(leads(&elite), before + 2);
}

/* With everything that a lead may say, and notes of some length. */
static void add_lead(struct buffer *body, int number)
{
	buffer_printf(
		body,
		"%s{\"name\":\"Bulk %d\",\"phone\":\"512 555 %04d\",\"email\":\"bulk%d@batch.example\",\"company\":"
		"\"Acme\",\"address\":\"%d Elm St\",\"city\":\"Austin\",\"state\":\"TX\",\"zip\":\"78701\",\"trade\":"
		"\"hvac\",\"urgency\":\"soon\",\"source\":\"website\",\"value_cents\":120000,\"sms_consent\":true,"
		"\"sms_consent_text\":\"%0400d\",\"notes\":\"%02500d\"}",
		number ? "," : "", number, number, number, number, 0, 0);
}

static void five_hundred_of_everything_are_taken_in_one_request(void **state)
{
	struct buffer body = BUFFER_IN(NULL);
	long long before = leads(&acme);
	const struct response *answer;

	(void)state;
	BUFFER_LITERAL(&body, "{\"rows\":[");
	for (int i = 0; i < 500; i++)
		add_lead(&body, i);
	BUFFER_LITERAL(&body, "]}");
	assert_true(body.length > (size_t)1500 * 1024);
	answer = post("/api/leads/batch", body.bytes);
	assert_status(answer, 200);
	assert_json(answer, "created", "500");
	assert_int_equal(leads(&acme), before + 500);
	assert_int_equal(
		atoll(test_sql_value("SELECT count(*) FROM record_changes c JOIN leads l ON l.tenant_id = "
				     "c.tenant_id AND l.id = c.row_id WHERE l.email_norm LIKE '%%@batch.example' AND "
				     "l.tenant_id = '%.*s'",
				     STR_FMT_ARG(uuid_text(web->arena, acme.id)))
			      .p),
		500);
	buffer_clear(&body);
	/* The last of them is wrong for the database alone: none is there, and it is named. */
	BUFFER_LITERAL(&body, "{\"rows\":[");
	for (int i = 0; i < 499; i++)
		add_lead(&body, i);
	BUFFER_LITERAL(&body, ",{\"name\":\"X\",\"owner_id\":\"01900000-0000-7000-8000-000000000000\"}]}");
	answer = post("/api/leads/batch", body.bytes);
	assert_status(answer, 422);
	assert_has(answer, "\"rows[499].owner_id\"");
	assert_int_equal(leads(&acme), before + 500);
	/* Any other address takes no more than before. */
	assert_status(post("/api/leads", body.bytes), 413);
	buffer_free(&body);
}

static void it_is_taken_once_for_its_idempotency_key(void **state)
{
	long long before = leads(&acme);

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct response *answer =
			ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads/batch",
			    .bearer = acme.key[ROLE_MEMBER], .json = "{\"rows\":[{\"name\":\"Once\"}]}",
			    .headers = {{"idempotency-key", "batch-once"}});

		assert_status(answer, 200);
	}
	assert_int_equal(leads(&acme), before + 1);
}

static void what_is_no_batch_is_refused(void **state)
{
	struct buffer many = BUFFER_IN(NULL);
	static const struct {
		const char *body, *says;
		int status;
	} bad[] = {
		{"[]", "object", 400},
		{"{}", "\"rows\"", 422},
		{"{\"rows\":{}}", "\"rows\"", 422},
		{"{\"rows\":[]}", "\"rows\"", 422},
		{"{\"rows\":[{\"name\":\"x\"}],\"mode\":\"some\"}", "\"mode\"", 422},
		{"{\"rows\":[{\"name\":\"x\"}],\"mode\":1}", "\"mode\"", 422},
		{"{\"rows\":[{\"name\":\"x\"}],\"colour\":1}", "\"colour\"", 422},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct response *answer = post("/api/leads/batch", bad[i].body);

		assert_status(answer, bad[i].status);
		assert_has(answer, bad[i].says);
	}
	BUFFER_LITERAL(&many, "{\"rows\":[{\"name\":\"x\"}");
	for (int i = 0; i < 500; i++)
		BUFFER_LITERAL(&many, ",{\"name\":\"x\"}");
	BUFFER_LITERAL(&many, "]}");
	assert_status(post("/api/leads/batch", many.bytes), 422);
	buffer_free(&many);
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/leads/batch",
			  .bearer = acme.key[ROLE_VIEWER], .json = "{\"rows\":[{\"name\":\"x\"}]}"),
		      403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_created_and_told_in_their_order),
		cmocka_unit_test(one_wrong_row_stops_all_and_every_wrong_field_is_named),
		cmocka_unit_test(best_effort_creates_the_others),
		cmocka_unit_test(the_plan_s_limit_holds_in_the_middle),
		cmocka_unit_test(five_hundred_of_everything_are_taken_in_one_request),
		cmocka_unit_test(it_is_taken_once_for_its_idempotency_key),
		cmocka_unit_test(what_is_no_batch_is_refused),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
