#include "tests/support/database.h"

#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct pg *app, *auth, *superuser;
static struct arena *arena, *kept;

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	if (!value || !*value)
		fail_msg("%s is not set: run tests/support/postgres.sh start FOLDER, then schema", name);
	return value;
}

const char *test_conninfo(void)
{
	return setting("DEMAND_TEST_DATABASE");
}

const char *test_conninfo_superuser(void)
{
	static char text[512];

	(void)snprintf(text, sizeof(text), "%s user=%s", test_conninfo(), setting("DEMAND_TEST_SUPERUSER"));
	return text;
}

static struct pg *connection(struct pg **pg, const char *role)
{
	if (!*pg)
		*pg = pg_new(test_conninfo(), role);
	return *pg;
}

struct pg *test_pg_app(void)
{
	return connection(&app, "demand_app");
}

struct pg *test_pg_auth(void)
{
	return connection(&auth, "demand_auth");
}

struct pg *test_pg_superuser(void)
{
	return connection(&superuser, setting("DEMAND_TEST_SUPERUSER"));
}

void test_database_close(void)
{
	arena_free(arena);
	arena_free(kept);
	pg_free(app);
	pg_free(auth);
	pg_free(superuser);
	arena = kept = NULL;
	app = auth = superuser = NULL;
}

static struct rows *ask(const char *sql)
{
	struct statement statement = {"test", sql};
	struct rows *rows;
	struct stx *stx;

	stx = stx_begin(test_pg_superuser(), arena, "test", TX_WRITE);
	if (stx_rows(stx, &statement, NO_ARGS, &rows) != OK || stx_commit(stx) != OK)
		fail_msg("the test's own SQL failed: %s", sql);
	return rows;
}

static struct rows *ask_formatted(const char *format, va_list list)
{
	struct buffer text = BUFFER_IN(NULL);
	const char *sql;

	if (!arena)
		arena = arena_new((size_t)64 * 1024 * 1024);
	/* What is formatted may lie in the arena: the answer to an earlier question. */
	buffer_vprintf(&text, format, list);
	arena_reset(arena);
	sql = arena_copy(arena, buffer_str(&text)).p;
	buffer_free(&text);
	return ask(sql);
}

void test_sql(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)ask_formatted(format, list);
	va_end(list);
}

struct str test_sql_value(const char *format, ...)
{
	struct rows *rows;
	va_list list;

	va_start(list, format);
	rows = ask_formatted(format, list);
	va_end(list);
	return rows_next(rows) ? rows_str(rows, 0) : STR_NONE;
}

size_t test_sql_offenders(const char *title, const char *sql)
{
	struct rows *rows;

	test_sql("SELECT"); /* an arena, empty */
	rows = ask(sql);
	if (rows_count(rows) > 0)
		print_error("%s:\n", title);
	while (rows_next(rows))
		print_error("    %.*s\n", STR_FMT_ARG(rows_str(rows, 0)));
	return rows_count(rows);
}

/* ---- tenants ---- */

static struct known {
	struct uuid id;
	const char *slug, *code;
	struct known *next;
} * tenants;

static const struct known *find(struct uuid id)
{
	for (const struct known *known = tenants; known; known = known->next)
		if (uuid_equal(known->id, id))
			return known;
	print_error("not a tenant of test_tenant_create()\n");
	abort();
}

struct uuid test_tenant_create(const char *name)
{
	char code[9], number[9];
	struct known *made;
	uint32_t random;

	if (!kept) {
		kept = arena_new((size_t)64 * 1024 * 1024);
		tenants = NULL;
	}
	made = ARENA_NEW(kept, struct known);
	random_bytes(&random, sizeof(random));
	(void)snprintf(number, sizeof(number), "%08x", random);
	random_base62(code, 8);
	*made = (struct known){uuid_new(), arena_printf(kept, "%s-%s", name, number).p,
			       arena_copy(kept, str_from(code)).p, tenants};
	tenants = made;
	test_sql("INSERT INTO tenant_directory (slug, tenant_id, code) VALUES ('%s', '%s', '%s')", made->slug,
		 uuid_text(kept, made->id).p, code);
	test_sql("INSERT INTO tenants (tenant_id, slug, name, subdomain, company_name, owner_email, trial_ends_at, "
		 "max_leads, max_users,"
		 " max_scrapers) VALUES ('%s', '%s', '%s', '%s', '%s', 'owner@%s.example', now() + interval '14 days', "
		 "1000, 3, 3)",
		 uuid_text(kept, made->id).p, made->slug, name, made->slug, name, made->slug);
	return made->id;
}

const char *test_tenant_slug(struct uuid id)
{
	return find(id)->slug;
}

const char *test_tenant_code(struct uuid id)
{
	return find(id)->code;
}
