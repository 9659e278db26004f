/* The first page: a person's tasks and how they are cleared from there, how fast leads are answered, by source and by person, and for how long it is kept. */
#include "tests/web/fixture.h"

#include "fcgi/figures.h"
#include "lib/base/clock.h"

#define MINUTE (60 * MICROSECONDS_PER_SECOND)
#define HOUR (60 * MINUTE)

static struct company acme, other;

static int make_companies(void **state)
{
	return fixture_companies(state, &acme, &other);
}

static const struct response *api(enum role role, enum method method, const char *path, const char *json)
{
	return ask_api(&acme, acme.session[role], method, path, json);
}

static struct str made(const char *path, const char *json)
{
	const struct response *answer = api(ROLE_MEMBER, METHOD_POST, path, json);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

/* ---- tasks ---- */

static struct str task_of(enum role role, const char *title, int64_t in, const char *more)
{
	return made("/api/tasks",
		    text("{\"title\":\"%s\",\"due_at\":\"%.*s\",\"assignee_id\":\"%.*s\"%s}", title,
			 STR_FMT_ARG(clock_rfc3339(web->arena, clock_now() + in)), STR_FMT_ARG(acme.user[role]), more)
			    .p);
}

/* Where it is noon now, so that an hour from now is today. */
static void move_company_to_noon(void)
{
	int64_t hour = clock_now() / HOUR % 24;

	company_set(&acme, hour < 12 ? text("time_zone = 'Etc/GMT-%d'", (int)(12 - hour)).p
				     : text("time_zone = 'Etc/GMT+%d'", (int)(hour - 12)).p);
}

static void a_persons_tasks_of_the_day_are_on_the_first_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);
	const struct response *page;
	struct str late;

	(void)state;
	move_company_to_noon();
	assert_has(browse(&member, "/"), "Nothing of yours is due today.");
	late = task_of(ROLE_MEMBER, "Order the igniter", -2 * HOUR, "");
	(void)task_of(ROLE_MEMBER, "Send the estimate", HOUR, "");
	(void)task_of(ROLE_MEMBER, "Next week's", 5 * 24 * HOUR, "");
	(void)task_of(ROLE_ADMIN, "The admin's own", -HOUR, "");
	page = browse(&member, "/");
	assert_has(page, "Order the igniter");
	assert_has(page, "Send the estimate");
	assert_has(page, "1 overdue");
	assert_has(page, "1 today");
	assert_hasnt(page, "Next week&#39;s");
	assert_hasnt(page, "Next week's");
	assert_hasnt(page, "The admin&#39;s own");
	assert_hasnt(page, "The admin's own");
	assert_hasnt(browse(&viewer, "/"), "Order the igniter");
	/* Cleared from there, and back. */
	assert_has(page, text("action=\"/tasks/%.*s/done\"", STR_FMT_ARG(late)).p);
	assert_has(page, "name=\"back\" value=\"/\"");
	assert_goes_to(submit(&member, text("/tasks/%.*s/done", STR_FMT_ARG(late)).p, "back=/"),
		       STR("/?done=task_done"));
	assert_hasnt(browse(&member, "/"), "1 overdue");
	/* Elsewhere than to these pages nobody is sent. */
	assert_goes_to(submit(&member, text("/tasks/%.*s/done", STR_FMT_ARG(late)).p, "back=//evil.example"),
		       STR("/my-day?done=task_done"));
}

static void many_tasks_are_a_tap_away(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	const struct response *page;

	(void)state;
	for (int i = 0; i < 7; i++)
		(void)task_of(ROLE_ADMIN, text("Late %d.", i).p, -HOUR - i * MINUTE, "");
	page = browse(&admin, "/");
	assert_has(page, "8 overdue"); /* with the one above */
	assert_has(page, "All 8</a>");
	assert_has(page, "Late 6.");
	assert_hasnt(page, "Late 0.");
}

static const struct response *calls_of(struct str lead)
{
	return api(ROLE_MEMBER, METHOD_GET, text("/api/leads/%.*s/timeline?show=calls", STR_FMT_ARG(lead)).p, NULL);
}

static void who_is_done_with_a_call_says_how_it_went(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str lead = company_lead(&acme, "Called by a task");
	struct str task = task_of(ROLE_MEMBER, "Call about the estimate", -HOUR,
				  text(",\"kind\":\"call\",\"lead_id\":\"%.*s\"", STR_FMT_ARG(lead)).p);
	const char *done = text("/tasks/%.*s/done", STR_FMT_ARG(task)).p;
	const struct response *calls;

	(void)state;
	assert_has(browse(&member, "/my-day"), "How did the call go?");
	/* What is no outcome leaves the task as it was. */
	assert_status(submit(&member, done, "outcome=nope"), 422);
	assert_json(api(ROLE_MEMBER, METHOD_GET, text("/api/tasks/%.*s", STR_FMT_ARG(task)).p, NULL), "status", "open");
	assert_goes_to(submit(&member, done, "outcome=voicemail"), STR("/my-day?done=task_done_logged"));
	/* Pressed twice, it was one call. */
	assert_goes_to(submit(&member, done, "outcome=voicemail"), STR("/my-day?done=task_done"));
	calls = calls_of(lead);
	assert_json(calls, "data.0.outcome", "voicemail");
	assert_json(calls, "data.0.sentence", "Call: Call about the estimate");
	assert_true(!json_at(calls, "data.1"));
	assert_json(api(ROLE_MEMBER, METHOD_GET, text("/api/tasks/%.*s", STR_FMT_ARG(task)).p, NULL), "status", "done");
	assert_json(api(ROLE_MEMBER, METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL),
		    "first_response_kind", "call");
}

static void a_call_task_of_nobody_is_done_at_once(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	(void)task_of(ROLE_MEMBER, "Call the supplier", -HOUR, ",\"kind\":\"call\"");
	assert_hasnt(browse(&member, "/my-day"), "How did the call go?");
}

/* ---- how fast leads are answered ---- */

/* Answered so many seconds after it came, by who logs it; type NULL: not yet. */
static struct str answered_lead(const char *source, enum role role, const char *type, int64_t seconds)
{
	const struct response *lead =
		api(ROLE_MEMBER, METHOD_POST, "/api/leads",
		    text("{\"name\":\"Figured\",\"urgency\":\"emergency\",\"source\":\"%s\"}", source).p);
	struct str id = json_text(lead, "id");
	int64_t created;

	assert_status(lead, 201);
	assert_true(clock_from_rfc3339(json_text(lead, "created_at"), &created));
	if (type)
		assert_status(
			api(role, METHOD_POST, "/api/activities",
			    text("{\"type\":\"%s\",\"lead_id\":\"%.*s\",\"occurred_at\":\"%.*s\"}", type,
				 STR_FMT_ARG(id),
				 STR_FMT_ARG(clock_rfc3339(web->arena, created + seconds * MICROSECONDS_PER_SECOND)))
				    .p),
			201);
	return id;
}

/* "leads answered within_five_minutes in_time median" of a group of the API's report. */
static void assert_group_at(const char *group, const char *label, const char *wanted, int line)
{
	const struct response *report = api(ROLE_MEMBER, METHOD_GET, "/api/reports/response", NULL);
	static const char *const figures[] = {"leads", "answered", "within_five_minutes", "in_time", "median_seconds"};
	struct buffer said = BUFFER_IN(web->arena);

	for (int i = 0; json_at(report, text("data.%d", i).p); i++) {
		if (!str_is(json_text(report, text("data.%d.group", i).p), group) ||
		    (label && !str_is(json_text(report, text("data.%d.label", i).p), label)))
			continue;
		for (size_t f = 0; f < COUNT_OF(figures); f++)
			buffer_printf(&said, "%s%.*s", f ? " " : "",
				      STR_FMT_ARG(json_text(report, text("data.%d.%s", i, figures[f]).p)));
	}
	assert_true_at(report, str_is(buffer_str(&said), wanted),
		       text("%s %s: %s", group, label ? label : "", wanted).p, __FILE__, line);
}
#define assert_group(group, label, wanted) assert_group_at(group, label, wanted, __LINE__)

#define FIGURES_ROW(label, leads, median, quick)                                                                       \
	"<td class=\"text-break\">" label "</td><td>" leads "</td><td>" median "</td><td>" quick "</td>"
#define SOURCE(name) "<a href=\"/leads?source=" name "\">" name "</a>"

static void figures_are_those_of_what_happened(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page;

	(void)state;
	test_sql("DELETE FROM leads WHERE tenant_id = '%.*s'", STR_FMT_ARG(uuid_text(web->arena, acme.id)));
	(void)answered_lead("google", ROLE_MEMBER, "call", 60);
	(void)answered_lead("google", ROLE_ADMIN, "email", 7200);
	(void)answered_lead("google", ROLE_MEMBER, NULL, 0);
	(void)answered_lead("referral", ROLE_MEMBER, "sms", 240);
	(void)answered_lead("referral", ROLE_MEMBER, "call", 300);
	(void)answered_lead("referral", ROLE_MEMBER, "call", 301);
	assert_group("all", NULL, "6 5 3 3 300");
	assert_group("source", "google", "3 2 1 1 60");
	assert_group("source", "referral", "3 3 2 2 300");
	/* A person's leads are those that they have answered. */
	assert_group("user", "The Member", "4 4 3 3 240");
	assert_group("user", "The Admin", "1 1 0 0 7200");
	page = browse(&member, "/");
	assert_has(page, FIGURES_ROW(SOURCE("google"), "3", "1 min", "33 %"));
	assert_has(page, FIGURES_ROW(SOURCE("referral"), "3", "5 min", "67 %"));
	assert_has(page, FIGURES_ROW("The Member", "4", "4 min", "75 %"));
	assert_has(page, FIGURES_ROW("The Admin", "1", "2 h 0 min", "0 %"));
	assert_has(page, "<th scope=\"col\">Answered</th>");
}

static void an_email_is_a_first_answer(void **state)
{
	struct str lead = answered_lead("mail", ROLE_ADMIN, "email", 90);
	const struct response *answer;

	(void)state;
	answer = api(ROLE_MEMBER, METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL);
	assert_json(answer, "first_response_kind", "email");
	assert_json(answer, "first_response_seconds", "90");
	assert_true(str_equal(json_text(answer, "first_response_by"), acme.user[ROLE_ADMIN]));
	/* The first one it stays. */
	(void)made("/api/activities", text("{\"type\":\"call\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p);
	answer = api(ROLE_MEMBER, METHOD_GET, text("/api/leads/%.*s", STR_FMT_ARG(lead)).p, NULL);
	assert_json(answer, "first_response_kind", "email");
}

/* ---- what is kept for a minute ---- */

static void add_leads(const struct company *company, const char *source, int count)
{
	test_sql("INSERT INTO leads (tenant_id, id, name, source, response_due_at) SELECT '%.*s', gen_random_uuid(),"
		 " 'One of many', '%s', now()"
		 " FROM generate_series(1, %d)",
		 STR_FMT_ARG(uuid_text(web->arena, company->id)), source, count);
}

static void a_large_companys_figures_are_kept_for_itself(void **state)
{
	struct browser mine = browser_as(&acme, ROLE_MEMBER), theirs = browser_as(&other, ROLE_OWNER);
	const struct response *page;

	(void)state;
	web->app.figures = figures_new();
	add_leads(&acme, "kept-of-acme", FIGURES_LEADS_LEAST);
	assert_hasnt(browse(&mine, "/"), "As of");
	add_leads(&acme, "a-minute-later", 600);
	page = browse(&mine, "/");
	assert_has(page, "As of");
	assert_has(page, "kept-of-acme");
	assert_hasnt(page, "a-minute-later");
	assert_has(api(ROLE_MEMBER, METHOD_GET, "/api/reports/response", NULL), "a-minute-later");
	/* A small company's are read each time, and nobody else's are ever shown. */
	for (int i = 0; i < 2; i++) {
		add_leads(&other, text("other-%d", i).p, 1);
		page = browse(&theirs, "/");
		assert_has(page, text("other-%d", i).p);
		assert_hasnt(page, "As of");
		assert_hasnt(page, "kept-of-acme");
	}
	figures_free(web->app.figures);
	web->app.figures = NULL;
}

static void what_is_kept_is_found_by_its_company_and_for_a_minute(void **state)
{
	const struct response_figures sources[] = {{.label = STR("web"), .leads = 600}, {.leads = 1}};
	const struct response_figures users[] = {{.label = STR("Ann"), .leads = 5}};
	struct response_report report = {
		.all.leads = 601, .by_source = sources, .source_count = 2, .by_user = users, .user_count = 1};
	struct figures *figures = figures_new();
	struct uuid tenant = uuid_new(), neighbour = tenant;
	const struct response_report *kept;
	int64_t now = clock_now(), as_of;

	(void)state;
	neighbour.bytes[0] ^= 1; /* has the same place */
	figures_keep(figures, tenant, 7, now, &report);
	kept = figures_find(figures, tenant, 7, now + 59 * MICROSECONDS_PER_SECOND, &as_of);
	assert_true(kept && as_of == now);
	assert_true(str_is(kept->by_source[0].label, "web") && kept->by_source[0].label.p != sources[0].label.p);
	assert_true(str_absent(kept->by_source[1].label));
	assert_true(str_is(kept->by_user[0].label, "Ann") && kept->by_user[0].leads == 5);
	assert_null(figures_find(figures, tenant, 7, now + 60 * MICROSECONDS_PER_SECOND, &as_of));
	assert_null(figures_find(figures, tenant, 7, now - 1, &as_of));
	assert_null(figures_find(figures, tenant, 8, now, &as_of));
	assert_null(figures_find(figures, neighbour, 7, now, &as_of));
	figures_keep(figures, neighbour, 7, now, &report);
	assert_null(figures_find(figures, tenant, 7, now, &as_of));
	assert_non_null(figures_find(figures, neighbour, 7, now, &as_of));
	report.all.leads = FIGURES_LEADS_LEAST - 1;
	figures_keep(figures, tenant, 7, now, &report);
	assert_null(figures_find(figures, tenant, 7, now, &as_of));
	assert_null(figures_find(NULL, tenant, 7, now, &as_of));
	figures_free(figures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_persons_tasks_of_the_day_are_on_the_first_page),
		cmocka_unit_test(many_tasks_are_a_tap_away),
		cmocka_unit_test(who_is_done_with_a_call_says_how_it_went),
		cmocka_unit_test(a_call_task_of_nobody_is_done_at_once),
		cmocka_unit_test(figures_are_those_of_what_happened),
		cmocka_unit_test(an_email_is_a_first_answer),
		cmocka_unit_test(a_large_companys_figures_are_kept_for_itself),
		cmocka_unit_test(what_is_kept_is_found_by_its_company_and_for_a_minute),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
