/*
 * Isolation: every statement that the product sends for a tenant names tenant_id = $1 on each of its relations, and prepares against the migrated
 * schema as the role that sends it. Statements are recorded while all routes, and all filters and orders of all lists, are walked; those that the
 * walk does not reach are read from the sources.
 */
#include "tests/isolation/fixture.h"
#include "tests/isolation/statement_lint.h"
#include "tests/isolation/statement_tap.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static struct planted company;
static size_t failures;

/* ---- the catalogue's word on what a table of tenants is ---- */

static const char *const *tenant_tables(void)
{
	static const char *tables[256];
	struct str names;
	size_t count = 0;

	if (tables[0])
		return tables;
	names = arena_copy(
		web->arena,
		test_sql_value(
			"SELECT string_agg(c.relname, ' ') FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND "
			"i.indisprimary JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
			"WHERE a.attname = 'tenant_id' AND c.relnamespace = 'public'::regnamespace"));
	while (!str_absent(names) && count + 1 < COUNT_OF(tables))
		tables[count++] = arena_c_string(web->arena, str_split(&names, ' '));
	assert_true(count >= 10 && count + 1 < COUNT_OF(tables));
	return tables;
}

static void lint(const char *where, const char *sql)
{
	struct buffer complaints = BUFFER_IN(web->arena);

	if (statement_lint(tenant_tables(), str_from(sql), &complaints) == 0)
		return;
	print_error("FAILED %s: %s\n%s\n", where, sql, complaints.bytes);
	failures++;
}

static void prepares(const char *where, const char *role, const char *sql)
{
	const char *why;

	if (statement_prepares(test_conninfo(), role, sql, &why))
		return;
	print_error("FAILED %s does not prepare as %s: %s\n%s\n", where, role, sql, why);
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

/* A value that the parameter's schema takes. */
static struct str value_of(const struct value *schema)
{
	const struct value *choices = value_get(schema, STR("enum"));
	struct str format = value_as_str(value_get(schema, STR("format"))),
		   type = value_as_str(value_get(schema, STR("type")));

	if (choices && value_count(choices) > 0)
		return value_as_str(value_at(choices, 0));
	if (str_is(format, "uuid"))
		return company.company.user[ROLE_OWNER];
	if (str_is(format, "date"))
		return STR("2027-01-15");
	if (str_is(format, "date-time"))
		return STR("2027-01-15T15:00:00Z");
	return str_is(type, "integer") ? STR("1") : str_is(type, "boolean") ? STR("true") : STR("marker");
}

/* One list by each of its parameters, in each of its orders, forwards and on from a cursor. */
static void walk_list(const struct entity *entity)
{
	struct value *parameters = value_list(web->arena);
	const struct value *orders = NULL;

	entity_openapi_list_parameters(entity, parameters);
	for (size_t i = 0; i < value_count(parameters); i++)
		if (str_is(value_as_str(value_get(value_at(parameters, i), STR("name"))), "sort"))
			orders = value_get(value_get(value_at(parameters, i), STR("schema")), STR("enum"));
	assert_non_null(orders);
	for (size_t order = 0; order < value_count(orders); order++) {
		struct str sort = value_as_str(value_at(orders, order));
		const struct response *first = ask_list(entity, false, text("limit=1&sort=%.*s", STR_FMT_ARG(sort)));
		struct str cursor = first->status == 200 ? json_text(first, "next_cursor") : STR_NONE;

		if (!str_absent(cursor)) {
			(void)ask_list(entity, false,
				       text("limit=1&sort=%.*s&cursor=%.*s", STR_FMT_ARG(sort), STR_FMT_ARG(cursor)));
			(void)ask_list(entity, true,
				       text("sort=%.*s&cursor=%.*s", STR_FMT_ARG(sort), STR_FMT_ARG(cursor)));
		}
		for (size_t i = 0; i < value_count(parameters); i++) {
			const struct value *parameter = value_at(parameters, i);
			struct str name = value_as_str(value_get(parameter, STR("name")));

			if (str_is(name, "sort") || str_is(name, "cursor"))
				continue;
			for (int page = 0; page < 2; page++)
				(void)ask_list(entity, page,
					       text("%.*s=%.*s&sort=%.*s", STR_FMT_ARG(name),
						    STR_FMT_ARG(value_of(value_get(parameter, STR("schema")))),
						    STR_FMT_ARG(sort)));
		}
	}
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
}

/* ---- what the sources hold ---- */

struct source {
	const char *file, *text;
	struct str name, sql;
};

/* The literals of STATEMENT(name, "…" "…"), put together; false when it is made of anything else. */
static bool read_literals(const char **at, struct str *out)
{
	struct buffer sql = BUFFER_IN(web->arena);

	for (; **at; (*at)++) {
		if (**at == ')') {
			*out = buffer_str(&sql);
			return sql.length > 0;
		}
		if (**at != '"') {
			if (**at != ' ' && **at != '\n' && **at != '\t')
				return false;
			continue;
		}
		for ((*at)++; **at && **at != '"'; (*at)++) {
			if (**at == '\\')
				(*at)++;
			buffer_add_char(&sql, **at == 'n' && (*at)[-1] == '\\' ? '\n' : **at);
		}
	}
	return false;
}

/* For what kind of transaction a statement is sent: by the calls of its file that name it. */
static bool is_passed_to(const struct source *source, const char *prefix)
{
	struct str mark = text("&%.*s", STR_FMT_ARG(source->name));

	for (const char *at = strstr(source->text, mark.p); at; at = strstr(at + 1, mark.p)) {
		const char *call = at;

		if (at[mark.n] == '_' || (at[mark.n] >= 'a' && at[mark.n] <= 'z') ||
		    (at[mark.n] >= '0' && at[mark.n] <= '9'))
			continue;
		while (call > source->text && *call != '(' && *call != ';')
			call--;
		while (call > source->text && (call[-1] == '_' || (call[-1] >= 'a' && call[-1] <= 'z')))
			call--;
		if (strncmp(call, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

static void check_source(const struct source *source, size_t *unseen)
{
	const char *where = text("%s: %.*s", source->file, STR_FMT_ARG(source->name)).p;
	bool system = is_passed_to(source, "stx_"), directory = is_passed_to(source, "directory_one"),
	     tenant = is_passed_to(source, "ttx_") || (!system && !directory);

	*unseen += !tapped_has(source->sql);
	if (tenant)
		lint(where, source->sql.p);
	if (tenant || directory)
		prepares(where, "demand_app", source->sql.p);
	if (system)
		prepares(where, "demand_auth", source->sql.p);
}

static size_t check_file(const char *path, size_t *unseen)
{
	struct buffer text_of = BUFFER_IN(web->arena);
	FILE *file = fopen(path, "r");
	struct source source = {.file = path};
	size_t count = 0;
	int c;

	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		buffer_add_char(&text_of, (char)c);
	(void)fclose(file);
	source.text = text_of.bytes ? text_of.bytes : "";
	for (const char *at = strstr(source.text, "\nSTATEMENT("); at; at = strstr(at, "\nSTATEMENT(")) {
		const char *name = at + strlen("\nSTATEMENT(");

		while (*name == '\n' || *name == '\t' || *name == ' ')
			name++;
		source.name = (struct str){name, strcspn(name, ",")};
		at = name + source.name.n + 1;
		if (!read_literals(&at, &source.sql)) {
			/* Made with a macro: read when it is recorded. */
			printf("%s: %.*s is not read from the source\n", path, STR_FMT_ARG(source.name));
			continue;
		}
		check_source(&source, unseen);
		count++;
	}
	return count;
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

		if (strcmp(tapped->role, "demand_app") != 0)
			continue;
		lint("recorded", tapped->sql);
		prepares("recorded", "demand_app", tapped->sql);
		ours++;
	}
	printf("%zu statements recorded as demand_app, of %zu\n", ours, tapped_count());
	assert_true(ours > 50);
	assert_int_equal(failures, 0);
}

static void every_statement_of_the_sources_is_limited_to_its_tenant(void **state)
{
	static const char *const patterns[] = {"lib/*/*.c", "fcgi/*.c"};
	const char *root = getenv("srcdir");
	size_t count = 0, unseen = 0;

	(void)state;
	failures = 0;
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		glob_t found;

		assert_int_equal(glob(text("%s/%s", root ? root : ".", patterns[i]).p, 0, NULL, &found), 0);
		for (size_t file = 0; file < found.gl_pathc; file++)
			count += check_file(found.gl_pathv[file], &unseen);
		globfree(&found);
	}
	printf("%zu statements in the sources, %zu of them not seen in the walk\n", count, unseen);
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
		cmocka_unit_test(every_statement_of_the_walk_is_limited_to_its_tenant),
		cmocka_unit_test(every_statement_of_the_sources_is_limited_to_its_tenant),
	};

	return cmocka_run_group_tests(tests, open_company, fixture_close);
}
