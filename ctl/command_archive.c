/* tenant export | import: a whole company as one file. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/crm/custom_field.h"
#include "lib/tenant/archive.h"
#include "lib/tenant/link.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TELL_EVERY MICROSECONDS_PER_SECOND

struct progress {
	int file;
	int error; /* of writing */
	int64_t told_at;
};

static void tell(void *context, const char *what, const struct archive_counts *so_far)
{
	struct progress *progress = context;
	int64_t now = clock_monotonic();

	if (now - progress->told_at < TELL_EVERY)
		return;
	progress->told_at = now;
	fprintf(stderr, "%" PRId64 " rows, now %s\n", so_far->rows, what);
}

static bool put(void *context, const void *bytes, size_t length)
{
	struct progress *progress = context;
	const char *at = bytes;

	while (length > 0) {
		ssize_t written = write(progress->file, at, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			progress->error = written < 0 ? errno : ENOSPC;
			return false;
		}
		at += written;
		length -= (size_t)written;
	}
	return true;
}

static enum err find(struct ctl *ctl, const char *slug, struct tenant **out)
{
	struct resolver *resolver = resolver_new(ctl->app);
	enum err e = resolver_by_slug(resolver, ctl->arena, str_from(slug), out);

	resolver_free(resolver);
	return e;
}

/* ---- export ---- */

/* The name is the archive's only when all of it is on the disk. */
static int keep(struct progress *progress, const char *part, const char *name)
{
	bool kept = fsync(progress->file) == 0;

	kept = close(progress->file) == 0 && kept;
	if (kept && link(part, name) == 0) {
		(void)unlink(part);
		return EXIT_SUCCESS;
	}
	(void)unlink(part);
	return fail("%s: %s", name, strerror(errno));
}

static int export_to(struct ctl *ctl, const struct tenant *tenant, const char *name)
{
	const char *part = arena_printf(ctl->arena, "%s.part", name).p;
	struct progress progress = {open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), 0, clock_monotonic()};
	struct archive_export order = {
		.pg = pg_new(ctl->config.database, ctl->config.jobs_role), /* its statements may take longer */
		.tenant = tenant,
		.gzip = str_ends(str_from(name), STR(".gz")),
		.sink = put,
		.watch = tell,
		.context = &progress,
	};
	struct archive_counts counts;
	enum err e;
	int code;

	if (progress.file < 0) {
		pg_free(order.pg);
		return fail("%s: %s", part, strerror(errno));
	}
	e = archive_export(&order, &counts);
	pg_free(order.pg);
	if (e) {
		(void)close(progress.file);
		(void)unlink(part);
		return progress.error ? fail("%s: %s", part, strerror(progress.error))
				      : fail("%s", e == E_TOOBIG ? "there is no room on the disk" : err_sentence(e));
	}
	code = keep(&progress, part, name);
	if (code == EXIT_SUCCESS)
		printf("%s: %" PRId64 " rows in %" PRId64 " members\n", name, counts.rows, counts.members);
	return code;
}

int command_tenant_export(struct ctl *ctl)
{
	const char *name = option_value(ctl, "--output");
	struct tenant *tenant;
	enum err e;

	if (ctl->argument_count != 1) {
		fail("which tenant? give its slug");
		return EXIT_USAGE;
	}
	e = find(ctl, ctl->arguments[0], &tenant);
	if (e)
		return fail("%s", e == E_NOTFOUND ? "there is no such tenant" : err_sentence(e));
	if (!name)
		name = archive_file_name(ctl->arena, tenant, clock_now()).p;
	if (access(name, F_OK) == 0)
		return fail("%s is there already", name);
	return export_to(ctl, tenant, name);
}

/* ---- people who have to set a password ---- */

static enum err print_links(struct ctl *ctl, struct pg *pg, const struct tenant *tenant)
{
	struct ttx *tx = ttx_begin(pg, ctl->arena, tenant->scope, TX_WRITE);
	struct str origin = config_origin(&ctl->config, ctl->arena, arena_c_string(ctl->arena, tenant->slug));
	struct archive_person *people = NULL;
	struct link *links = NULL;
	size_t count;
	enum err e = archive_people_waiting(tx, &people, &count);

	if (!e)
		links = arena_array(ctl->arena, count + 1, sizeof *links);
	for (size_t i = 0; !e && i < count; i++)
		e = link_make(tx, tenant, LINK_SET_PASSWORD, people[i].id, &links[i]);
	if (!e)
		e = ttx_commit(tx);
	else
		ttx_rollback(tx);
	if (!e && count)
		puts("these set a password first, each with a link that is good once, for 7 days:");
	for (size_t i = 0; !e && i < count; i++)
		printf("%.*s  %.*s/password?token=%.*s\n", STR_FMT_ARG(people[i].email), STR_FMT_ARG(origin),
		       STR_FMT_ARG(links[i].text));
	return e;
}

int command_tenant_password_links(struct ctl *ctl)
{
	struct tenant *tenant;
	struct pg *pg;
	enum err e;

	if (ctl->argument_count != 1) {
		fail("which tenant? give its slug");
		return EXIT_USAGE;
	}
	e = find(ctl, ctl->arguments[0], &tenant);
	if (e)
		return fail("%s", e == E_NOTFOUND ? "there is no such tenant" : err_sentence(e));
	pg = pg_new(ctl->config.database, ctl->config.app_role);
	e = print_links(ctl, pg, tenant);
	pg_free(pg);
	return e ? fail("%s", err_sentence(e)) : EXIT_SUCCESS;
}

/* ---- import ---- */

/*
 * As demand_app, whose plans for looking up keys are made once, when the rows they lead to are there. Those of demand_jobs are made for each value, and
 * of a company that was empty a moment ago the statistics know nothing: a key was then looked for in all of its rows.
 */
static int import_from(struct ctl *ctl, const struct tenant *tenant, const char *name)
{
	struct progress progress = {open(name, O_RDONLY | O_CLOEXEC), 0, clock_monotonic()};
	struct archive_import order = {
		.pg = pg_new(ctl->config.database, ctl->config.app_role),
		.tenant = tenant,
		.file = progress.file,
		.derive = custom_fields_publish,
		.watch = tell,
		.context = &progress,
	};
	struct archive_counts counts = {0};
	struct str why = STR("");
	enum err e;

	if (progress.file < 0) {
		pg_free(order.pg);
		return fail("%s: %s", name, strerror(errno));
	}
	e = archive_import(&order, ctl->arena, &counts, &why);
	(void)close(progress.file);
	if (!e) {
		printf("%.*s: %" PRId64 " rows of %" PRId64 " members\n", STR_FMT_ARG(tenant->slug), counts.rows,
		       counts.members);
		if (print_links(ctl, order.pg, tenant) != OK)
			fail("the links were not made; try demandctl tenant password-links");
	}
	pg_free(order.pg);
	if (e && why.n > 0)
		return fail("%.*s Nothing was written.", STR_FMT_ARG(why));
	return e ? fail("%s; nothing was written", err_sentence(e)) : EXIT_SUCCESS;
}

int command_tenant_import(struct ctl *ctl)
{
	struct tenant *tenant;
	enum err e;

	if (ctl->argument_count != 2) {
		fail("which tenant, and which file? give its slug and the archive");
		return EXIT_USAGE;
	}
	e = find(ctl, ctl->arguments[0], &tenant);
	if (e)
		return fail("%s", e == E_NOTFOUND ? "there is no such tenant" : err_sentence(e));
	return import_from(ctl, tenant, ctl->arguments[1]);
}
