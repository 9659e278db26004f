/* What migrate.h promises: which migrations are applied, and applying the others. */
#include "lib/pg/migrate_internal.h"

#include "lib/base/clock.h"

#include <stdio.h>
#include <unistd.h>

#define LOCK_TRIES 5

/* ---- what was applied ---- */

static enum err make_table(struct runner *runner, const void *argument)
{
	static const char *const statements[] = {
		"SET LOCAL ROLE demand_owner",
		"CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, name text NOT NULL, checksum text "
		"NOT NULL,"
		" applied_at timestamptz NOT NULL DEFAULT now())",
		"GRANT SELECT ON public.schema_migrations TO demand_app, demand_auth, demand_jobs, demand_ops",
	};
	enum err err = OK;

	(void)argument;
	for (size_t i = 0; i < COUNT_OF(statements) && err == OK; i++)
		err = runner_run(runner, statements[i], "migrate", 0);
	return err;
}

static enum err table_exists(struct runner *runner, bool *out)
{
	struct str found;
	enum err err =
		runner_ask(runner, "SELECT pg_catalog.to_regclass('public.schema_migrations')::text", 0, NULL, &found);

	*out = !str_absent(found);
	return err;
}

static void remember(void *context, const struct str *cells)
{
	struct migrations *all = context;
	int64_t version = 0;

	if (!str_to_int64(cells[0], &version))
		return;
	if (version > all->newest_applied)
		all->newest_applied = version;
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].version == version) {
			all->items[i].applied_sum = cells[1];
			all->items[i].applied_at = cells[2];
		}
}

/* The server does the sum: lib/pg needs no library for it. */
static enum err add_checksums(struct runner *runner, struct migrations *all)
{
	enum err err = OK;

	for (size_t i = 0; i < all->count && err == OK; i++)
		err = runner_ask(runner, "SELECT encode(sha256($1::bytea), 'hex')", 1, &all->items[i].text,
				 &all->items[i].checksum);
	return err;
}

static bool changed(const struct migration *migration)
{
	return !str_absent(migration->applied_at) && !str_equal(migration->applied_sum, migration->checksum);
}

static bool out_of_order(const struct migrations *all, const struct migration *migration)
{
	return str_absent(migration->applied_at) && migration->version < all->newest_applied;
}

static enum err load(struct runner *runner, const char *folder, bool table, struct migrations *all)
{
	enum err err = migrate_files(runner->arena, folder, all, runner->report);

	if (err == OK)
		err = add_checksums(runner, all);
	if (err == OK && table)
		err = runner_rows(runner,
				  "SELECT version, checksum, applied_at FROM public.schema_migrations ORDER BY version",
				  remember, all, 3);
	return err;
}

static enum err verify(struct runner *runner, const struct migrations *all)
{
	enum err err = OK;

	for (size_t i = 0; i < all->count; i++) {
		const char *complaint = changed(&all->items[i]) ? "was changed after it was applied"
					: out_of_order(all, &all->items[i])
						? "comes before one that is applied: give it a new number"
						: NULL;

		if (!complaint)
			continue;
		buffer_printf(runner->report, "%s %s\n", all->items[i].file, complaint);
		err = E_INTERNAL;
	}
	return err;
}

/* ---- applying ---- */

static enum err record(struct runner *runner, const struct migration *migration)
{
	const struct str arguments[] = {arena_printf(runner->arena, "%lld", (long long)migration->version),
					migration->name, migration->checksum};
	struct str ignored;

	return runner_ask(
		runner,
		"INSERT INTO public.schema_migrations (version, name, checksum) VALUES ($1::text::bigint, $2, $3)",
		COUNT_OF(arguments), arguments, &ignored);
}

static enum err apply_inside(struct runner *runner, const void *argument)
{
	const struct migration *migration = argument;
	enum err err = runner_run(runner, "SET LOCAL ROLE demand_owner", migration->file, 0);

	if (err == OK)
		err = runner_run_file(runner, migration->file, migration->text);
	return err == OK ? record(runner, migration) : err;
}

/* For CREATE INDEX CONCURRENTLY and its like. What was done before an error stays: such a file must bear being run again. */
static enum err apply_outside(struct runner *runner, const struct migration *migration)
{
	enum err err = runner_run(runner, "SET ROLE demand_owner", migration->file, 0);

	if (err == OK)
		err = runner_run_file(runner, migration->file, migration->text);
	if (err == OK)
		err = record(runner, migration);
	runner_try(runner, "RESET ROLE");
	return err;
}

/* A busy table is tried again: waiting in its queue for longer would hold up everybody behind us. */
static enum err apply(struct runner *runner, const struct migration *migration)
{
	int64_t began = clock_monotonic();
	enum err err = E_BUSY;

	for (int try = 0; try < LOCK_TRIES; try++) {
		if (try > 0)
			sleep(1);
		runner->sqlstate[0] = '\0';
		err = migration->no_transaction ? apply_outside(runner, migration)
						: runner_in_transaction(runner, apply_inside, migration);
		if (err == OK || strcmp(runner->sqlstate, LOCK_TIMED_OUT) != 0)
			break;
	}
	if (err == OK)
		buffer_printf(runner->report, "applied %.*s (%lld ms)\n", STR_FMT_ARG(migration->name),
			      (long long)((clock_monotonic() - began) / 1000));
	return err;
}

static enum err apply_all(struct runner *runner, const char *folder)
{
	struct migrations all;
	bool table = false;
	size_t done = 0;
	enum err err = table_exists(runner, &table);

	if (err == OK && !table)
		err = runner_in_transaction(runner, make_table, NULL);
	if (err == OK)
		err = load(runner, folder, true, &all);
	if (err != OK)
		return err;
	err = verify(runner, &all);
	for (size_t i = 0; i < all.count && err == OK; i++)
		if (str_absent(all.items[i].applied_at)) {
			err = apply(runner, &all.items[i]);
			done++;
		}
	if (err == OK && done == 0)
		buffer_printf(runner->report, "up to date at version %lld\n", (long long)all.newest_applied);
	return err;
}

/* ---- the three doors ---- */

enum err migrate_up(const char *conninfo, const char *folder, struct buffer *report)
{
	struct runner runner;
	enum err err = runner_open(&runner, conninfo, report);

	if (err == OK)
		err = runner_take_turn(&runner);
	if (err == OK)
		err = apply_all(&runner, folder);
	runner_close(&runner);
	return err;
}

enum err migrate_status(const char *conninfo, const char *folder, struct buffer *report, bool *pending)
{
	struct migrations all = {.count = 0};
	struct runner runner;
	bool table = false;
	enum err err = runner_open(&runner, conninfo, report);

	*pending = false;
	if (err == OK)
		err = table_exists(&runner, &table);
	if (err == OK)
		err = load(&runner, folder, table, &all);
	for (size_t i = 0; i < all.count && err == OK; i++) {
		const struct migration *migration = &all.items[i];
		bool waits = str_absent(migration->applied_at);

		buffer_printf(report, "%-32.*s %s%.*s\n", STR_FMT_ARG(migration->name), waits ? "pending" : "applied ",
			      STR_FMT_ARG(migration->applied_at));
		*pending = *pending || waits;
	}
	if (err == OK)
		err = verify(&runner, &all);
	runner_close(&runner);
	return err;
}

struct roles {
	const char *file;
	struct str text;
};

static enum err run_roles(struct runner *runner, const void *argument)
{
	const struct roles *roles = argument;

	return runner_run_file(runner, roles->file, roles->text);
}

enum err migrate_roles(const char *conninfo, const char *file, struct buffer *report)
{
	struct runner runner;
	struct roles roles = {.file = file};
	enum err err = runner_open(&runner, conninfo, report);

	if (err == OK)
		err = runner_take_turn(&runner);
	if (err == OK)
		err = migrate_read_file(runner.arena, file, &roles.text, report);
	if (err == OK)
		err = runner_in_transaction(&runner, run_roles, &roles);
	if (err == OK)
		buffer_printf(report, "roles are as they should be\n");
	runner_close(&runner);
	return err;
}
