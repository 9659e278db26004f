/* jobs …: what demand-jobs has to do, and what it gave up. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/crm/job_kinds.h"

#include <stdio.h>
#include <stdlib.h>

static struct pg *connect_as_jobs(const struct ctl *ctl)
{
	return pg_new(ctl->config.database, ctl->config.jobs_role);
}

static void print_row(struct arena *arena, const struct job_row *row)
{
	printf("%.*s  %-20.*s %-16.*s %-8.*s %.*s  %d attempts%s%.*s\n", STR_FMT_ARG(uuid_text(arena, row->id)),
	       STR_FMT_ARG(row->slug), STR_FMT_ARG(row->kind), STR_FMT_ARG(row->state),
	       STR_FMT_ARG(clock_rfc3339(arena, row->run_at)), row->attempts, str_absent(row->last_error) ? "" : ", ",
	       STR_FMT_ARG(row->last_error));
}

int command_jobs_list(struct ctl *ctl)
{
	struct str state = str_from(option_value(ctl, "--state"));
	struct job_row *rows = NULL;
	struct stx *stx;
	struct pg *pg;
	size_t count = 0;
	enum err e;

	if (!options_done(ctl))
		return EXIT_USAGE;
	if (!str_absent(state) && !str_is(state, "waiting") && !str_is(state, "running") && !str_is(state, "dead")) {
		fail("--state is waiting, running or dead");
		return EXIT_USAGE;
	}
	pg = connect_as_jobs(ctl);
	stx = stx_begin(pg, ctl->arena, "demandctl jobs list", TX_READ);
	e = job_list(stx, state, &rows, &count);
	if (e == OK)
		e = stx_commit(stx);
	for (size_t i = 0; e == OK && i < count; i++)
		print_row(ctl->arena, &rows[i]);
	pg_free(pg);
	return e == OK ? EXIT_SUCCESS : fail("%s", err_sentence(e));
}

typedef enum err job_change(struct pg *, struct arena *, const struct job_kind *, size_t, struct uuid);

static int change(struct ctl *ctl, job_change *how, const char *done, const char *none)
{
	struct uuid id;
	struct pg *pg;
	enum err e;

	if (ctl->argument_count != 1 || !uuid_parse(str_from(ctl->arguments[0]), &id)) {
		fail("which job? give its id (demandctl jobs list)");
		return EXIT_USAGE;
	}
	pg = connect_as_jobs(ctl);
	e = how(pg, ctl->arena, job_kinds, job_kind_count, id);
	pg_free(pg);
	if (e == E_NOTFOUND)
		return fail("%s", none);
	if (e == E_CONFLICT)
		return fail("the same work is in the queue already");
	if (e == E_PRECONDITION)
		return fail("what it was about has gone on without it; jobs cancel takes it off the list");
	if (e != OK)
		return fail("%s", err_sentence(e));
	printf("%s %s\n", done, ctl->arguments[0]);
	return EXIT_SUCCESS;
}

int command_jobs_retry(struct ctl *ctl)
{
	return change(ctl, job_retry, "will be tried again:", "no job of that id was given up");
}

int command_jobs_cancel(struct ctl *ctl)
{
	return change(ctl, job_cancel, "taken out:", "there is no job of that id");
}
