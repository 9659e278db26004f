/* Archives through the page and by API: asked for by owners, made by the job, fetched whole. */
#include "tests/web/fixture.h"

#include <sodium.h>

#include "lib/crm/custom_field.h"
#include "lib/tenant/archive.h"
#include "lib/tenant/archive_request.h"
#include "tests/support/database.h"

#include <fcntl.h>
#include <unistd.h>

static struct company acme, rival;
static struct pg *jobs;
static const struct job_kind kinds[] = {{.name = ARCHIVE_JOB,
					 .run = archive_run,
					 .gave_up = archive_give_up,
					 .attempts_most = ARCHIVE_ATTEMPTS,
					 .seconds = ARCHIVE_SECONDS}};

static int make_companies(void **state)
{
	if (fixture_open(state))
		return -1;
	company_make(&acme, "acme");
	company_make(&rival, "rival");
	jobs = pg_new(test_conninfo(), "demand_jobs");
	return 0;
}

static int close_all(void **state)
{
	pg_free(jobs);
	return fixture_close(state);
}

/* What demand-jobs does, until nothing is left to do. */
static enum err work(void)
{
	static const struct config config = {.jobs_role = "demand_jobs"};
	struct config own = config;
	struct uuid last = uuid_zero(), id;
	enum err failed = OK, e;

	own.database = test_conninfo();
	for (;;) {
		struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
		struct job_run run = {.config = &own};
		const struct job_kind *kind;
		struct tenant *tenant;

		e = job_claim(jobs, arena, STR("test:1"), kinds, COUNT_OF(kinds), &last, &run, &kind, &id);
		if (e == OK && resolver_by_id(web->app.resolver, arena, id, &tenant) == OK) {
			run.tenant = tenant;
			e = kind->run(&run);
			if (e && e != E_PRECONDITION) {
				failed = e;
				MUST(job_fail(&run, id, kind, "failed"));
			}
			e = OK;
		}
		arena_free(arena);
		if (e)
			return e == E_NOTFOUND ? failed : e;
	}
}

static const struct response *call(const struct company *company, enum method method, const char *path)
{
	return ASK(.method = method, .host = company->slug, .path = path, .bearer = company->session[ROLE_OWNER]);
}

static const char *path_of(struct str id, const char *suffix)
{
	return text("/api/archives/%.*s%s", STR_FMT_ARG(id), suffix).p;
}

static struct str sum_of(struct str bytes)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)bytes.p, bytes.n);
	return hex_encode(web->arena, sum, sizeof sum);
}

static enum err import_into(const struct company *company, struct str bytes)
{
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct archive_import order = {.pg = jobs, .file = file, .derive = custom_fields_publish};
	struct archive_counts counts;
	struct tenant *tenant;
	struct str why;
	enum err e;

	assert_int_equal(write(file, bytes.p, bytes.n), (ssize_t)bytes.n);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	MUST(resolver_by_slug(web->app.resolver, web->arena, company->slug, &tenant));
	order.tenant = tenant;
	e = archive_import(&order, web->arena, &counts, &why);
	close(file);
	return e;
}

static void an_archive_is_asked_for_made_and_fetched(void **state)
{
	const struct response *answer = call(&acme, METHOD_POST, "/api/archives");
	struct str id = json_text(answer, "id"), sum;
	struct company empty;

	(void)state;
	assert_status(answer, 201);
	assert_json(answer, "state", "waiting");
	assert_json(answer, "is_there", "false");
	assert_true(str_ends(web_answer_header(answer, "location"), id));
	assert_status(call(&acme, METHOD_GET, path_of(id, "/file")), 404);
	/* One at a time. */
	assert_status(call(&acme, METHOD_POST, "/api/archives"), 409);
	(void)company_lead(&acme, "Written after it was asked for");
	(void)company_lead(&rival, "Secret of the rival");
	MUST(work());
	answer = call(&acme, METHOD_GET, path_of(id, ""));
	assert_json(answer, "state", "done");
	assert_json(answer, "is_there", "true");
	assert_true(json_text(answer, "rows").n > 1 && json_text(answer, "expires_at").n > 0);
	sum = json_text(answer, "sha256");
	answer = call(&acme, METHOD_GET, path_of(id, "/file"));
	assert_status(answer, 200);
	assert_true(str_equal(sum_of(buffer_str(&answer->body)), sum));
	assert_true(str_is(web_answer_header(answer, "content-type"), "application/gzip"));
	assert_true(str_starts(web_answer_header(answer, "content-disposition"),
			       text("attachment; filename=\"%.*s-20", STR_FMT_ARG(acme.slug))));
	company_make(&empty, "empty");
	MUST(import_into(&empty, buffer_str(&answer->body)));
	assert_has(ASK(.host = empty.slug, .path = "/api/leads", .bearer = empty.session[ROLE_OWNER]),
		   "Written after it was asked for");
	assert_hasnt(ASK(.host = empty.slug, .path = "/api/leads", .bearer = empty.session[ROLE_OWNER]), "Secret");
}

/* More than a piece: the parts come together again. */
static void a_large_file_is_sent_in_pieces(void **state)
{
	const struct response *answer;
	struct str id, sum;

	(void)state;
	test_sql("INSERT INTO leads (tenant_id, id, name, notes) SELECT '%s', gen_random_uuid(), 'n', (SELECT "
		 "string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 60) m) FROM generate_series(1, "
		 "600) n",
		 uuid_text(web->arena, acme.id).p);
	answer = call(&acme, METHOD_POST, "/api/archives");
	assert_status(answer, 201);
	id = json_text(answer, "id");
	MUST(work());
	sum = json_text(call(&acme, METHOD_GET, path_of(id, "")), "sha256");
	answer = call(&acme, METHOD_GET, path_of(id, "/file"));
	assert_true(answer->body.length > (size_t)600 * 1024);
	assert_true(str_equal(sum_of(buffer_str(&answer->body)), sum));
}

static void only_owners_and_never_a_key(void **state)
{
	static const char *const paths[] = {"/api/archives", NULL};
	struct browser admin = browser_as(&acme, ROLE_ADMIN);

	(void)state;
	for (size_t i = 0; paths[i]; i++) {
		assert_status(ASK(.host = acme.slug, .path = paths[i], .bearer = acme.session[ROLE_ADMIN]), 403);
		assert_status(ASK(.host = acme.slug, .path = paths[i], .bearer = acme.session[ROLE_VIEWER]), 403);
		assert_status(ASK(.host = acme.slug, .path = paths[i], .bearer = acme.key[ROLE_ADMIN]), 403);
	}
	assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/archives",
			  .bearer = acme.session[ROLE_ADMIN]),
		      403);
	/* The page shows an admin who took lists out, and nothing of archives. */
	assert_hasnt(browse(&admin, "/settings/data"), "/settings/data/archives");
	assert_status(submit(&admin, "/settings/data/archives", ""), 403);
}

static void another_company_has_nothing_of_it(void **state)
{
	struct str id = json_text(call(&acme, METHOD_GET, "/api/archives"), "data.0.id");

	(void)state;
	assert_true(id.n > 0);
	assert_status(call(&rival, METHOD_GET, path_of(id, "")), 404);
	assert_status(call(&rival, METHOD_GET, path_of(id, "/file")), 404);
}

static void the_page_shows_the_way(void **state)
{
	struct browser owner = browser_as(&rival, ROLE_OWNER);
	const struct response *page = browse(&owner, "/settings/data");

	(void)state;
	assert_has(page, "No archives yet");
	assert_hasnt(page, "http-equiv=\"refresh\"");
	assert_goes_to(submit(&owner, "/settings/data/archives", ""), STR("/settings/data?done=archive_started"));
	page = browse(&owner, "/settings/data?done=archive_started");
	assert_has(page, "Waiting");
	assert_has(page, "hx-trigger=\"load delay:2s\"");
	assert_has(page, "<noscript><meta http-equiv=\"refresh\"");
	assert_status(submit(&owner, "/settings/data/archives", ""), 409);
	MUST(work());
	page = browse(&owner, "/settings/data");
	assert_has(page, "Ready");
	assert_has(page, "rows, until");
	assert_hasnt(page, "hx-trigger=\"load delay:2s\"");
	page = browse(&owner, arena_c_string(web->arena, body_between(page, "<a class=\"d-block\" href=\"", "\"")));
	assert_status(page, 200);
	assert_true(page->body.length > 100 && memcmp(page->body.bytes, "\x1f\x8b", 2) == 0);
}

/* What was made stays known when the file has gone. */
static void a_file_goes_after_a_week(void **state)
{
	struct browser owner = browser_as(&rival, ROLE_OWNER);
	const struct response *page;

	(void)state;
	test_sql("DELETE FROM data_files WHERE tenant_id = '%s' AND expires_at BETWEEN now() + interval '6 days' AND "
		 "now() "
		 "+ interval '8 days'",
		 uuid_text(web->arena, rival.id).p);
	page = browse(&owner, "/settings/data");
	assert_has(page, "Deleted");
	assert_hasnt(page, "/file\"");
}

static void a_company_whose_trial_is_over_leaves_with_everything(void **state)
{
	const struct response *answer;

	(void)state;
	company_set(&rival, "trial_ends_at = now() - interval '1 day', status = 'trial'");
	answer = call(&rival, METHOD_POST, "/api/archives");
	assert_status(answer, 201);
	MUST(work());
	assert_json(call(&rival, METHOD_GET, path_of(json_text(answer, "id"), "")), "state", "done");
}

static void a_job_that_cannot_end_says_so(void **state)
{
	const struct response *answer = call(&acme, METHOD_POST, "/api/archives");
	struct str id = json_text(answer, "id");

	(void)state;
	assert_status(answer, 201);
	/* No room for the file: each attempt fails where it is stored. */
	test_sql("ALTER TABLE data_files ADD CONSTRAINT none_any_more CHECK (kind <> 'archive') NOT VALID");
	for (int attempt = 0; attempt < ARCHIVE_ATTEMPTS; attempt++) {
		test_sql("UPDATE job_tickets SET run_at = now() WHERE subject = '%.*s'", STR_FMT_ARG(id));
		assert_int_not_equal(work(), OK);
	}
	test_sql("ALTER TABLE data_files DROP CONSTRAINT none_any_more");
	assert_json(call(&acme, METHOD_GET, path_of(id, "")), "state", "failed");
	/* And another one can be asked for. */
	assert_status(call(&acme, METHOD_POST, "/api/archives"), 201);
	MUST(work());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_is_asked_for_made_and_fetched),
		cmocka_unit_test(a_large_file_is_sent_in_pieces),
		cmocka_unit_test(only_owners_and_never_a_key),
		cmocka_unit_test(another_company_has_nothing_of_it),
		cmocka_unit_test(the_page_shows_the_way),
		cmocka_unit_test(a_file_goes_after_a_week),
		cmocka_unit_test(a_company_whose_trial_is_over_leaves_with_everything),
		cmocka_unit_test(a_job_that_cannot_end_says_so),
	};

	return cmocka_run_group_tests(tests, make_companies, close_all);
}
