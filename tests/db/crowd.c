#include "tests/db/crowd.h"

#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/pg/migrate.h"

#define DATABASE "demand_plans"

static const char *source(struct arena *arena, const char *file)
{
	const char *root = getenv("srcdir");

	return arena_printf(arena, "%s/%s", root ? root : ".", file).p;
}

static void migrate(struct arena *arena)
{
	struct buffer report = BUFFER_IN(NULL);

	test_sql("DROP SCHEMA public CASCADE");
	test_sql("CREATE SCHEMA public");
	assert_int_equal(migrate_roles(test_conninfo_superuser(), source(arena, "db/roles.sql"), &report), OK);
	assert_int_equal(migrate_up(test_conninfo_superuser(), source(arena, "db/migrations"), &report), OK);
	buffer_free(&report);
}

/* By psql: filling takes longer than the product waits for an answer. */
static void fill(struct arena *arena, const struct crowd *crowd)
{
	const char *const arguments[] = {
		"psql", "-qX",
		"-d",   test_conninfo_superuser(),
		"-v",   arena_printf(arena, "tenant=%.*s", STR_FMT_ARG(uuid_text(arena, crowd->tenant))).p,
		"-v",   arena_printf(arena, "big=%lld", (long long)crowd->leads).p,
		"-v",   arena_printf(arena, "others=%lld", (long long)crowd->others).p,
		"-f",   source(arena, "tests/db/crowd.sql"),
		NULL,
	};
	char *vector[COUNT_OF(arguments)];
	pid_t child = fork();
	int status;

	if (child == 0) {
		memcpy(vector, arguments, sizeof(vector));
		(void)execvp("psql", vector);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

struct crowd crowd_create(struct arena *arena)
{
	const char *campaign = getenv("DEMAND_CAMPAIGN"), *without = getenv("DEMAND_TEST_INDEX");
	bool full = campaign && strcmp(campaign, "full") == 0;
	int64_t part = full ? 1 : 40;
	struct crowd crowd = {.leads = 100000 / part, .others = 1000000 / part, .full = full};

	assert_int_equal(
		setenv("DEMAND_TEST_DATABASE", arena_printf(arena, "%s dbname=" DATABASE, test_conninfo()).p, 1), 0);
	migrate(arena);
	crowd.tenant = test_tenant_create("big");
	fill(arena, &crowd);
	if (without)
		test_sql("DROP INDEX %s", without);
	return crowd;
}
