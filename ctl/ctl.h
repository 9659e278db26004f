/*
 * demandctl: the operator's program. One table of commands (main.c); each command returns a process exit code.
 */
#ifndef DEMAND_CTL_H
#define DEMAND_CTL_H

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/config.h"
#include "lib/pg/pg.h"

#define EXIT_USAGE 2

struct ctl {
	struct arena *arena;
	struct config config;
	const char *admin_role; /* a member of demand_owner; a superuser for roles */
	struct pg *app, *auth;  /* connected on first use */
	int argument_count;     /* what follows the command's words */
	char **arguments;
};

typedef int command(struct ctl *);

/* command_database.c */
command command_roles, command_migrate;
/* command_tenant.c */
command command_tenant_create, command_tenant_list, command_tenant_show, command_tenant_suspend, command_tenant_resume;
/* command_archive.c */
command command_tenant_export, command_tenant_import, command_tenant_password_links;
/* command_jobs.c */
command command_jobs_list, command_jobs_retry, command_jobs_cancel;
/* command_trash.c */
command command_tenant_purge_trash;
/* command_operator.c */
command command_operator_create, command_operator_list, command_operator_revoke;
/* command_seed.c */
command command_seed;
/* command_doctor.c */
command command_doctor, command_config;

/* "--name value" taken out of the arguments; NULL when it is not there. A flag without value: option_flag. */
const char *option_value(struct ctl *, const char *name);
bool option_flag(struct ctl *, const char *name);
/* Complains on standard error about arguments that are left over. */
bool options_done(struct ctl *);
/* Prints "demandctl: …" on standard error and returns exit code 1. */
int fail(const char *format, ...) PRINTF(1, 2);
/* The sentence for a status that reached the top. */
const char *err_sentence(enum err);
/* libpq keywords with the admin role. */
const char *admin_conninfo(struct ctl *);

/* Runs a program without a shell, collects its standard output; its exit code, or -1. */
int run_program(struct arena *, const char *const *arguments, struct str *output);

#endif
