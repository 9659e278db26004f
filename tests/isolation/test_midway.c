/*
 * Isolation: a request that is cut off in the middle. For one route of each handler and for each of its statements in turn, that statement fails, is
 * cancelled, or loses its backend. The answer is a clean one, nothing is half written, and the worker then serves another company exactly as a worker
 * that has seen no fault.
 */
#include "tests/isolation/fault.h"
#include "tests/isolation/fixture.h"

#include <stdio.h>

#define STATEMENTS_MOST 60

static struct planted acting, other;
static size_t tried, handlers, failures;

/* ---- what is looked at ---- */

/* Of every table how many rows there are and which was written last: no write of anybody's goes unseen. */
static struct str world(void)
{
	static struct buffer sql;

	if (!sql.length)
		buffer_add_str(&sql,
			       test_sql_value("SELECT string_agg(format('(SELECT %%L || count(*) || '' '' || "
					      "coalesce(max(xmin::text::bigint), 0) FROM %%I)', relname || ': ', "
					      "relname), ' || E''\n'' || ') FROM pg_class WHERE relkind = 'r' AND "
					      "relnamespace = 'public'::regnamespace AND relname <> 'tenant_usage'"));
	return arena_copy(web->arena, test_sql_value("SELECT %s", sql.bytes));
}

static bool is_clean(const struct response *response)
{
	static const char *const never[] = {"SELECT", "division", "pg_", "SQLSTATE", "libpq", "terminating", "cancel"};

	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (body_has(response, never[i]))
			return false;
	return response->body.length > 0 || response->status == 303;
}

static const struct response *probe(const struct planted *planted, const char *path)
{
	struct web_request request = {
		.method = METHOD_GET, .host = web_host(web, planted->company.slug), .path = str_from(path)};

	if (strncmp(path, "/api/", 5) == 0)
		web_header(&request, "authorization",
			   text("Bearer %.*s", STR_FMT_ARG(planted->company.session[ROLE_OWNER])));
	else
		web_header(&request, "cookie",
			   text("__Host-session=%.*s", STR_FMT_ARG(planted->company.session[ROLE_OWNER])));
	return web_send(web, &request);
}

/* What is asked of the worker after each fault, and what one without faults answers to it: a list, and a form with the page around it. */
static struct {
	const char *path;
	struct str answer;
} probes[2];

static void ask_unhurt_worker(void)
{
	struct app hurt = web->app;

	web->app.app_pg = pg_new(test_conninfo(), "demand_app");
	web->app.auth_pg = pg_new(test_conninfo(), "demand_auth");
	web->app.resolver = resolver_new(web->app.app_pg);
	probes[0].path = text("/api/%s", entities[0]->plural).p;
	probes[1].path = text("/%s/new", entities[0]->plural).p;
	for (size_t i = 0; i < COUNT_OF(probes); i++) {
		const struct response *response = probe(&other, probes[i].path);

		assert_status(response, 200);
		probes[i].answer = answer_text(response, NULL);
	}
	resolver_free(web->app.resolver);
	pg_free(web->app.app_pg);
	pg_free(web->app.auth_pg);
	web->app = hurt;
}

/* ---- what was written ---- */

/* "leads +1, tenants ~": rows more or fewer, or changed. */
static struct str changes(struct str before, struct str after)
{
	struct buffer out = BUFFER_IN(web->arena);

	while (!str_absent(before) && !str_absent(after)) {
		struct str old = str_split(&before, '\n'), new = str_split(&after, '\n'), table = new, last = old;
		int64_t had, has;

		if (str_equal(old, new))
			continue;
		table = str_split(&new, ':');
		(void)str_split(&last, ' ');
		new = str_trim(new);
		assert_true(str_to_int64(str_split(&last, ' '), &had) && str_to_int64(str_split(&new, ' '), &has));
		buffer_printf(&out, "%s%.*s ", out.length ? ", " : "", STR_FMT_ARG(table));
		if (has == had)
			BUFFER_LITERAL(&out, "~");
		else
			buffer_printf(&out, "%+lld", (long long)(has - had));
	}
	return buffer_str(&out);
}

/* ---- one fault ---- */

struct trial {
	const struct route *route;
	enum fault fault;
	size_t k;
	struct str usual; /* what the request writes when nothing goes wrong */
};

#define COMPLAIN(trial, ...)                                                                                           \
	do {                                                                                                           \
		print_error("FAILED %s %s: %s at statement %zu: ", method_name((trial)->route->method),                \
			    (trial)->route->path, fault_word((trial)->fault), (trial)->k);                             \
		print_error(__VA_ARGS__);                                                                              \
		print_error("\n");                                                                                     \
		failures++;                                                                                            \
	} while (0)

static void judge_answer(const struct trial *trial, const struct response *response, int usual)
{
	if (response->status == usual)
		return;
	if (response->status != 500 && response->status != 503)
		COMPLAIN(trial, "wanted %d, 500 or 503, got %d", usual, response->status);
	if (!is_clean(response))
		COMPLAIN(trial, "wanted a clean answer, got %.*s", STR_FMT_ARG(buffer_str(&response->body)));
	if (response->status == 503 && str_absent(web_answer_header(response, "retry-after")))
		COMPLAIN(trial, "wanted Retry-After, got none");
}

/* All of it, or nothing: an answer of success stands for what is usually written, any other for nothing. */
static void judge_rows(const struct trial *trial, bool done, struct str written)
{
	struct str wanted = done ? trial->usual : STR("");

	if (!str_equal(written, wanted))
		COMPLAIN(trial, "%s; wanted these rows written: \"%.*s\", got \"%.*s\"", done ? "success" : "refused",
			 STR_FMT_ARG(wanted), STR_FMT_ARG(written));
}

static void judge_worker(const struct trial *trial)
{
	fault_let_a_second_pass();
	for (size_t i = 0; i < COUNT_OF(probes); i++) {
		const struct response *response = probe(&other, probes[i].path);

		if (!str_equal(answer_text(response, NULL), probes[i].answer))
			COMPLAIN(trial, "wanted %s of another company as from an unhurt worker, got %.*s",
				 probes[i].path, STR_FMT_ARG(answer_text(response, NULL)));
	}
}

static bool prepare(struct trial *trial, struct shot *shot)
{
	const struct route *route = trial->route;
	const char *why;

	if (make_shot(shot, route, next_host(route, HOST_UNKNOWN), route_credentials(route)[0], &acting, true, &why))
		return true;
	COMPLAIN(trial, "no fixture: %s", why);
	return false;
}

/* Each statement in turn, until the request has no more. */
static void try_statements(struct trial *trial, unsigned turn)
{
	struct str before, after = STR_NONE;
	struct shot shot;
	bool spent = true;

	for (trial->k = 1; trial->k < STATEMENTS_MOST; trial->k++) {
		const struct response *response;

		trial->fault = FAULT_ERROR + (trial->k + turn + handlers) % FAULT_TERMINATE;
		if (spent && !prepare(trial, &shot))
			return;
		before = spent ? world() : after;
		shot_load(&shot);
		fault_arm(trial->fault, trial->k);
		response = shoot(&shot);
		if (!fault_disarm())
			return;
		tried++;
		spent = response->status == shot.status;
		judge_answer(trial, response, shot.status);
		after = world();
		judge_rows(trial, spent, changes(before, after));
		judge_worker(trial);
	}
	COMPLAIN(trial, "the request has no end");
}

static void try_handler(const struct route *route)
{
	struct trial trial = {.route = route};
	struct shot shot;

	/* Twice: the first may find more to put away. */
	for (int i = 0; i < 2; i++) {
		const struct response *response;
		struct str before;

		if (!prepare(&trial, &shot))
			return;
		before = world();
		response = shoot(&shot);
		if (response->status != shot.status)
			COMPLAIN(&trial, "wanted %d, got %d", shot.status, response->status);
		trial.usual = changes(before, world());
	}
	/* In short each statement has one of the three faults, one after the other: a third of the time. */
	for (unsigned turn = 0; turn < (fixture_in_full() ? FAULT_TERMINATE : 1); turn++)
		try_statements(&trial, turn);
}

/* ---- tests ---- */

static bool is_first_of_its_handler(const struct route *route)
{
	size_t count;
	const struct route *table = routes(&count);

	for (size_t i = 0; i < count; i++)
		if (table[i].handler == route->handler)
			return &table[i] == route;
	return false;
}

static void a_fault_leaves_nothing_half_done_and_nothing_behind(void **state)
{
	struct arena *kept = web->arena, *own = arena_new((size_t)512 << 20);
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (!is_first_of_its_handler(&table[i]) || table[i].work == WORK_NONE)
			continue;
		handlers++;
		web->arena = own;
		try_handler(&table[i]);
		web->arena = kept;
		arena_reset(own);
	}
	arena_free(own);
	printf("figure: faults in the middle of a request: %zu, in %zu handlers, %zu failures\n", tried, handlers,
	       failures);
	assert_true(tried > handlers * 4);
	assert_int_equal(failures, 0);
}

static int open_workers(void **state)
{
	(void)fixture_open(state);
	planted_make(&acting, "M");
	planted_make(&other, "N");
	ask_unhurt_worker();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_fault_leaves_nothing_half_done_and_nothing_behind)};

	return cmocka_run_group_tests(tests, open_workers, fixture_close);
}
