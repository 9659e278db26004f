#include "tests/isolation/trial.h"
#include "tests/isolation/fault.h"

#include <stdio.h>

static struct planted acting, other;
static size_t failures, absorbed, unsteady;

/* ---- what is looked at ---- */

/* Of every table how many rows there are and which was written last: no write of anybody's goes unseen. */
struct str trial_world(void)
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
struct str trial_changes(struct str before, struct str after)
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

/* ---- judging ---- */

void trial_complain(const struct trial *trial, const char *format, ...)
{
	struct buffer text = BUFFER_IN(web->arena);
	va_list list;

	va_start(list, format);
	buffer_vprintf(&text, format, list);
	va_end(list);
	print_error("FAILED %s %s: %s %zu: %s\n", method_name(trial->route->method), trial->route->path, trial->fault,
		    trial->k, text.bytes);
	failures++;
}

void trial_judge_answer(const struct trial *trial, const struct response *response, int usual)
{
	if (response->status == usual && !str_absent(trial->answer)) {
		absorbed++;
		if (!str_equal(answer_text(response, NULL), trial->answer))
			trial_complain(trial, "answered with %d and less than usual, or something else:\n%.*s", usual,
				       STR_FMT_ARG(answer_text(response, NULL)));
	}
	/* 0: a body that is made while it is sent was broken off, which its reader sees. */
	if (response->status == usual || (response->status == 0 && trial->route->method == METHOD_GET))
		return;
	if (response->status != 500 && response->status != 503)
		trial_complain(trial, "wanted %d, 500 or 503, got %d", usual, response->status);
	if (!is_clean(response))
		trial_complain(trial, "wanted a clean answer, got %.*s", STR_FMT_ARG(buffer_str(&response->body)));
	if (response->status == 503 && str_absent(web_answer_header(response, "retry-after")))
		trial_complain(trial, "wanted Retry-After, got none");
}

void trial_judge_rows(const struct trial *trial, int status, int usual, struct str written)
{
	bool done = status == usual;
	struct str wanted = done || status == 0 ? trial->usual : STR("");

	if (!str_equal(written, wanted))
		trial_complain(trial, "%s; wanted these rows written: \"%.*s\", got \"%.*s\"",
			       done ? "success" : "refused", STR_FMT_ARG(wanted), STR_FMT_ARG(written));
}

void trial_judge_worker(const struct trial *trial)
{
	fault_let_a_second_pass();
	for (size_t i = 0; i < COUNT_OF(probes); i++) {
		const struct response *response = probe(&other, probes[i].path);

		if (!str_equal(answer_text(response, NULL), probes[i].answer))
			trial_complain(trial, "wanted %s of another company as from an unhurt worker, got %.*s",
				       probes[i].path, STR_FMT_ARG(answer_text(response, NULL)));
	}
}

bool trial_prepare(const struct trial *trial, struct shot *shot)
{
	const struct route *route = trial->route;
	const char *why;

	if (make_shot(shot, route, next_host(route, HOST_UNKNOWN), route_credentials(route)[0], &acting, true, &why))
		return true;
	trial_complain(trial, "no fixture: %s", why);
	return false;
}

void trial_usual(struct trial *trial)
{
	const struct response *response;
	struct shot shot;
	struct str before;

	/* Twice: the first may find more to put away. */
	for (int i = 0; i < 2; i++) {
		if (!trial_prepare(trial, &shot))
			return;
		before = trial_world();
		response = shoot(&shot);
		if (response->status != shot.status)
			trial_complain(trial, "wanted %d, got %d", shot.status, response->status);
		trial->usual = trial_changes(before, trial_world());
		if (trial->route->method != METHOD_GET)
			continue;
		if (i == 0)
			trial->answer = answer_text(response, NULL);
		else if (!str_equal(trial->answer, answer_text(response, NULL)))
			trial->answer = STR_NONE, unsteady++;
	}
}

size_t trial_failures(void)
{
	return failures;
}

size_t trial_absorbed(void)
{
	return absorbed;
}

size_t trial_unsteady(void)
{
	return unsteady;
}

static bool is_first_of_its_handler(const struct route *route)
{
	size_t count;
	const struct route *table = routes(&count);

	for (size_t i = 0; i < count; i++)
		if (table[i].handler == route->handler)
			return &table[i] == route;
	return false;
}

size_t trial_each_handler(void (*attempt)(const struct route *, size_t turn), bool that_asks)
{
	struct arena *kept = web->arena, *own = arena_new((size_t)512 << 20);
	size_t count, handlers = 0;
	const struct route *table = routes(&count);

	for (size_t i = 0; i < count; i++) {
		if (!is_first_of_its_handler(&table[i]) || (that_asks && table[i].work == WORK_NONE))
			continue;
		web->arena = own;
		attempt(&table[i], ++handlers);
		web->arena = kept;
		arena_reset(own);
	}
	arena_free(own);
	return handlers;
}

int trial_open(void **state)
{
	(void)fixture_open(state);
	planted_make(&acting, "M");
	planted_make(&other, "N");
	ask_unhurt_worker();
	return 0;
}
