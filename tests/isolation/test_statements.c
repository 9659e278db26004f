/*
 * Isolation: every statement that the product sends for a tenant names tenant_id = $1 on each of its relations, and the role that sends it can prepare it
 * against the migrated schema and may run it. Statements are recorded while all routes, all filters and orders of all lists, and all jobs are walked;
 * those that the walk does not reach are read from the sources.
 */
#include "tests/isolation/job_walk.h"
#include "tests/isolation/statement_lint.h"
#include "tests/isolation/statement_sources.h"
#include "tests/isolation/statement_tap.h"

#include <stdio.h>

static struct planted company;
static size_t failures;

/* ---- judging ---- */

static void lint(const char *where, const char *const *tables, const char *sql)
{
	struct buffer complaints = BUFFER_IN(web->arena);

	if (statement_lint(tables, str_from(sql), &complaints) == 0)
		return;
	/* What is printed at once is cut off after a thousand bytes. */
	print_error("FAILED %s: %s", where, complaints.bytes);
	print_error("%s\n", sql);
	failures++;
}

/*
 * What demand-jobs asks the queue as a whole, which is the one table that it sees across companies; and of that table only. Anything else it sends
 * is a company's.
 */
static const char *const *tables_of(const struct tapped *tapped)
{
	static const char *others[TENANT_TABLES_MOST];
	const char *const *all = tenant_tables();

	if (strcmp(tapped->role, "demand_jobs") != 0 || !source_is_of_system(str_from(tapped->sql)))
		return all;
	for (size_t count = 0; *all; all++)
		if (strcmp(*all, "job_tickets") != 0)
			others[count++] = *all;
	return others;
}

static void runs(const char *where, const char *role, const char *sql)
{
	const char *why;

	if (statement_runs(test_conninfo(), role, sql, &why))
		return;
	print_error("FAILED %s: %s may not run it: %s", where, role, why);
	print_error("%s\n", sql);
	failures++;
}

/* ---- the walk ---- */

static void ask_valid(const struct route *route, enum host_kind host, enum credential by)
{
	struct shot shot;
	const char *why;

	if (make_shot(&shot, route, host, by, &company, true, &why))
		(void)shoot(&shot);
}

static const struct response *ask_list(const struct entity *entity, bool page, struct str query)
{
	const char *path = text("%s/%s?%.*s", page ? "" : "/api", entity->plural, STR_FMT_ARG(query)).p;

	if (page)
		return ASK(.host = company.company.slug, .path = path, .may_fail = true,
			   .headers = {
				   {"cookie",
				    text("__Host-session=%.*s", STR_FMT_ARG(company.company.session[ROLE_OWNER])).p}});
	return ASK(.host = company.company.slug, .path = path, .may_fail = true,
		   .bearer = company.company.session[ROLE_OWNER]);
}

/* What a filter may be asked with: something fits each type and operator. */
static struct str value_for(const struct entity *entity, struct str parameter)
{
	static const char *const usual[] = {"marker", "1", "true", "2027-01-15", "7d", "%2B15125550123"};
	struct str rest = parameter;
	int field = entity_field(entity, str_split(&rest, '['));
	const struct field *of = field < 0 ? NULL : &entity->fields[field];

	if (of && of->choices &&
	    ask_list(entity, false, text("%.*s=%s", STR_FMT_ARG(parameter), of->choices[0].value))->status == 200)
		return str_from(of->choices[0].value);
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		if (ask_list(entity, false, text("%.*s=%s", STR_FMT_ARG(parameter), usual[i]))->status == 200)
			return str_from(usual[i]);
	return company.company.user[ROLE_OWNER];
}

/* In one order: by each parameter, and on from a cursor. */
static void walk_order(const struct entity *entity, const struct value *parameters, const struct str *values,
		       struct str sort, size_t order)
{
	/* In short each parameter in the first order and, shifted from order to order, in every sixth of the others. */
	size_t step = order > 0 && !fixture_in_full() ? 6 : 1;

	const struct response *first = ask_list(entity, false, text("limit=1&sort=%.*s", STR_FMT_ARG(sort)));
	struct str cursor = first->status == 200 ? json_text(first, "next_cursor") : STR_NONE;

	for (int page = 0; page < 2 && !str_absent(cursor); page++)
		(void)ask_list(entity, page,
			       text("limit=1&sort=%.*s&cursor=%.*s", STR_FMT_ARG(sort), STR_FMT_ARG(cursor)));
	for (size_t i = order % step; i < value_count(parameters); i += step) {
		struct str name = value_as_str(value_get(value_at(parameters, i), STR("name")));

		/* The page counts as well, whatever the order. */
		for (int page = 0; page < (order == 0 ? 2 : 1) && !str_absent(values[i]); page++)
			if (ask_list(entity, page,
				     text("%.*s=%.*s&sort=%.*s", STR_FMT_ARG(name), STR_FMT_ARG(values[i]),
					  STR_FMT_ARG(sort)))
				    ->status != 200) {
				print_error("FAILED the list of %s takes no value for %.*s\n", entity->plural,
					    STR_FMT_ARG(name));
				failures++;
			}
	}
}

/* One list by its parameters and in each of its orders; forms of the page's own are in the document as well. */
static void walk_list(const struct entity *entity)
{
	struct value *parameters = value_list(web->arena);
	const struct value *orders = NULL;
	struct str *values;

	entity_openapi_list_parameters(entity, parameters);
	values = arena_array(web->arena, value_count(parameters), sizeof(*values));
	for (size_t i = 0; i < value_count(parameters); i++) {
		struct str name = value_as_str(value_get(value_at(parameters, i), STR("name")));

		if (str_is(name, "sort"))
			orders = value_get(value_get(value_at(parameters, i), STR("schema")), STR("enum"));
		values[i] = str_is(name, "sort") || str_is(name, "cursor") || str_is(name, "limit")
				    ? STR_NONE
				    : value_for(entity, name);
	}
	assert_non_null(orders);
	for (size_t order = 0; order < value_count(orders); order++)
		walk_order(entity, parameters, values, value_as_str(value_at(orders, order)), order);
}

static void walk(void)
{
	struct arena *kept = web->arena, *own = arena_new((size_t)512 << 20);

	each_request(NULL, ask_valid, NULL);
	for (size_t i = 0; i < entities_count; i++) {
		web->arena = own;
		walk_list(entities[i]);
		web->arena = kept;
		arena_reset(own);
	}
	arena_free(own);
	job_worker_start();
	job_walk_alone(&company);
	job_worker_stop();
	failures += job_walk.failures;
}

/* ---- what the sources hold ---- */

static size_t unseen;

static void check_source(const struct source *source)
{
	const char *where = text("%s: %.*s", source->file, STR_FMT_ARG(source->name)).p;
	bool system = source_passes(source, "stx_"), directory = source_passes(source, "directory_one"),
	     tenant = source_passes(source, "ttx_") || (!system && !directory),
	     queue = str_ends(str_from(source->file), STR("/job_queue.c"));

	if (str_absent(source->sql)) {
		print_error("FAILED %s cannot be read\n", where);
		failures++;
		return;
	}
	unseen += !tapped_has(source->sql);
	if (tenant)
		lint(where, tenant_tables(), source->sql.p);
	if ((tenant && !queue) || directory)
		runs(where, "demand_app", source->sql.p);
	if (queue)
		runs(where, "demand_jobs", source->sql.p);
	else if (system)
		runs(where, "demand_auth", source->sql.p);
}

/* ---- tests ---- */

static void every_statement_of_the_walk_is_limited_to_its_tenant(void **state)
{
	size_t ours = 0;

	(void)state;
	failures = 0;
	walk();
	for (size_t i = 0; i < tapped_count(); i++) {
		const struct tapped *tapped = tapped_at(i);

		/* The test's own go as the superuser. */
		if (!str_starts(str_from(tapped->role), STR("demand_")))
			continue;
		runs("recorded", tapped->role, tapped->sql);
		if (strcmp(tapped->role, "demand_auth") == 0)
			continue;
		lint("recorded", tables_of(tapped), tapped->sql);
		ours++;
	}
	printf("figure: statements of tenants recorded: %zu, of %zu in all, %zu failures\n", ours, tapped_count(),
	       failures);
	assert_true(ours > 50);
	assert_int_equal(failures, 0);
}

static void every_statement_of_the_sources_is_limited_to_its_tenant(void **state)
{
	size_t count;

	(void)state;
	failures = 0;
	count = each_source(check_source);
	printf("figure: statements in the sources: %zu, %zu of them not recorded, %zu failures\n", count, unseen,
	       failures);
	assert_true(count > 50);
	assert_int_equal(failures, 0);
}

/* The lint sees what it is for. */
static void the_lint_catches(void **state)
{
	static const char *const tables[] = {"leads", "notes", "users", NULL};
	static const struct {
		size_t breaches;
		const char *sql;
	} samples[] = {
		{0, "SELECT id FROM leads WHERE tenant_id = $1 AND id = $2"},
		{0, "SELECT l.id FROM leads AS l JOIN notes n ON n.tenant_id = $1 AND n.lead_id = l.id WHERE "
		    "l.tenant_id = $1"},
		{0, "SELECT l.id FROM leads l LEFT JOIN notes n ON n.tenant_id = $1::uuid AND n.lead_id = l.id WHERE "
		    "$1 = l.tenant_id"},
		{0, "SELECT id FROM leads WHERE tenant_id = $1 AND (a = $2 OR b = $3)"},
		{0, "SELECT id FROM leads WHERE tenant_id = $1 AND EXISTS (SELECT FROM notes WHERE tenant_id = $1 AND "
		    "lead_id = leads.id)"},
		{0, "WITH x AS (SELECT id FROM leads WHERE tenant_id = $1) DELETE FROM notes WHERE tenant_id = $1 AND "
		    "lead_id IN (SELECT id FROM x)"},
		{0, "INSERT INTO leads (tenant_id, id) VALUES ($1, $2), ($1, $3) ON CONFLICT DO NOTHING RETURNING id"},
		{0, "INSERT INTO leads (id, tenant_id) SELECT n.id, $1 FROM notes n WHERE n.tenant_id = $1"},
		{0, "UPDATE leads SET name = $2 FROM notes n WHERE leads.tenant_id = $1 AND n.tenant_id = $1 AND n.id "
		    "= leads.id"},
		{0, "SELECT 'FROM leads' AS \"from\", 1 /* FROM notes */ -- FROM users\n"},
		{0, "SELECT id FROM leads WHERE tenant_id = $1 FOR UPDATE"},
		{0, "WITH x AS (SELECT l.id FROM leads l LEFT JOIN notes n ON n.tenant_id = $1 AND n.lead_id = l.id "
		    "WHERE l.tenant_id = $1), y AS (SELECT u.id FROM x LEFT JOIN users u ON u.tenant_id = $1) DELETE "
		    "FROM notes d USING x WHERE d.tenant_id = $1 AND d.lead_id = x.id"},
		{1, "SELECT id FROM leads"},
		{1, "SELECT id FROM leads WHERE tenant_id = $2"},
		{1, "SELECT id FROM leads WHERE tenant_id = $10"},
		{1, "SELECT id FROM leads WHERE tenant_id = '$1'"},
		{1, "SELECT id FROM leads WHERE id = $2 -- tenant_id = $1\n"},
		{1, "SELECT l.id FROM leads l JOIN notes n ON n.lead_id = l.id WHERE l.tenant_id = $1"},
		{1, "SELECT l.id FROM leads l JOIN notes n ON n.tenant_id = l.tenant_id WHERE l.tenant_id = $1"},
		{2, "SELECT l.id FROM leads l JOIN notes n ON n.lead_id = l.id WHERE tenant_id = $1"},
		{1, "SELECT l.id FROM leads l, notes n WHERE l.tenant_id = $1"},
		{1, "SELECT l.id FROM leads l LEFT JOIN notes n ON l.tenant_id = $1 AND n.tenant_id = $1"},
		{1, "SELECT l.id FROM leads l LEFT JOIN notes n ON (n.lead_id = l.id) AND l.tenant_id = $1 AND "
		    "n.tenant_id = $1"},
		{1, "SELECT id, (SELECT count(*) FROM notes WHERE lead_id = leads.id) FROM leads WHERE tenant_id = $1"},
		{1, "SELECT id FROM leads WHERE EXISTS (SELECT FROM notes WHERE tenant_id = $1)"},
		{1, "SELECT id FROM leads WHERE tenant_id = $1 UNION SELECT id FROM notes"},
		{1, "SELECT id FROM leads WHERE tenant_id = $1 OR true"},
		{1, "SELECT id FROM leads WHERE (tenant_id = $1 AND a) OR b"},
		{1, "SELECT id FROM leads WHERE NOT (tenant_id = $1)"},
		{1, "SELECT id FROM leads WHERE NOT tenant_id = $1"},
		{1, "SELECT a AND tenant_id = $1 FROM leads"},
		{1, "SELECT id FROM public.leads x"},
		{1, "SELECT id FROM \"leads\""},
		{1, "SELECT id FROM (leads) WHERE id = $2"},
		{1, "SELECT id FROM ONLY leads"},
		{1, "WITH x AS (SELECT id FROM leads) SELECT id FROM x"},
		{1, "UPDATE leads SET name = $2 WHERE id = $3"},
		{1, "UPDATE leads SET name = $2 FROM notes n WHERE leads.tenant_id = $1 AND n.id = leads.id"},
		{1, "UPDATE leads SET tenant_id = $2 WHERE tenant_id = $1"},
		{1, "DELETE FROM leads WHERE id = $2"},
		{1, "DELETE FROM leads USING notes n WHERE leads.tenant_id = $1 AND n.id = leads.id"},
		{1, "INSERT INTO leads (id) VALUES ($2)"},
		{1, "INSERT INTO leads (id, tenant_id) VALUES ($1, $2)"},
		{1, "INSERT INTO leads (tenant_id, id) VALUES ($1, $2), ($3, $4)"},
		{1, "INSERT INTO leads VALUES ($1, $2)"},
		{2, "INSERT INTO leads (tenant_id, id) SELECT tenant_id, id FROM notes"},
		{1, "INSERT INTO leads (tenant_id, id) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET tenant_id = $1"},
		{1, "TRUNCATE leads"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		struct buffer complaints = BUFFER_IN(web->arena);
		size_t breaches = statement_lint(tables, str_from(samples[i].sql), &complaints);

		if (breaches != samples[i].breaches)
			fail_msg("%zu breaches, wanted %zu: %s\n%s", breaches, samples[i].breaches, samples[i].sql,
				 complaints.bytes ? complaints.bytes : "");
	}
	printf("%zu samples\n", COUNT_OF(samples));
}

/* A right that is missing shows, though the statement can be prepared. */
static void a_missing_right_is_seen(void **state)
{
	const char *why = "";

	(void)state;
	assert_false(statement_runs(test_conninfo(), "demand_app", "DELETE FROM tenants WHERE tenant_id = $1", &why));
	assert_non_null(strstr(why, "permission denied"));
	assert_true(statement_runs(test_conninfo(), "demand_app", "DELETE FROM leads WHERE tenant_id = $1", &why));
}

static int open_company(void **state)
{
	(void)fixture_open(state);
	planted_make(&company, "S");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lint_catches),
		cmocka_unit_test(a_missing_right_is_seen),
		cmocka_unit_test(every_statement_of_the_walk_is_limited_to_its_tenant),
		cmocka_unit_test(every_statement_of_the_sources_is_limited_to_its_tenant),
	};

	return cmocka_run_group_tests(tests, open_company, fixture_close);
}
