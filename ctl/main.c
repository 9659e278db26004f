/* demandctl: finds the command in the table and runs it. */
#include "ctl/ctl.h"

#include "lib/base/log.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"
#include "lib/tenant/principal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

struct command_row {
	const char *words; /* one or two words */
	command *run;
	bool pepper; /* makes or checks credentials */
	const char *usage, *help;
};

static const struct command_row commands[] = {
	{"roles", command_roles, false, "[--file db/roles.sql]",
	 "create the database roles and extensions (as superuser)"},
	{"migrate", command_migrate, false, "[--status]", "bring the schema up to date, or say what is missing"},
	{"tenant create", command_tenant_create, true,
	 "--name NAME --slug SLUG --owner-email E --owner-name N [--company-name C] [--owner-password P] [--plan "
	 "starter|professional|enterprise]",
	 "create a tenant with its owner"},
	{"tenant list", command_tenant_list, false, "[--status trial|active|suspended|cancelled]", "list the tenants"},
	{"tenant show", command_tenant_show, false, "SLUG", "show one tenant"},
	{"tenant suspend", command_tenant_suspend, false, "SLUG", "show everybody there a notice, nothing else"},
	{"tenant resume", command_tenant_resume, false, "SLUG", "let a suspended tenant work again"},
	{"tenant export", command_tenant_export, false, "SLUG [--output FILE]",
	 "all of a company in one archive, SLUG-DATE.demand.tar.gz; a FILE that does not end in .gz is not compressed"},
	{"tenant import", command_tenant_import, true, "SLUG FILE",
	 "an archive into a company that has no records yet: all of it or nothing"},
	{"tenant password-links", command_tenant_password_links, true, "SLUG",
	 "a link for everybody there who has no password yet, good once and for 7 days; those of before end"},
	{"tenant purge-trash", command_tenant_purge_trash, false, "SLUG|--all [--days 30]",
	 "erase what has been in the trash for that long"},
	{"operator-key create", command_operator_create, true, "--name NAME", "create an operator key; printed once"},
	{"operator-key list", command_operator_list, false, "", "list the operator keys"},
	{"operator-key revoke", command_operator_revoke, false, "PREFIX", "revoke an operator key"},
	{"jobs list", command_jobs_list, false, "[--state waiting|running|dead]", "background work, the oldest first"},
	{"jobs retry", command_jobs_retry, false, "ID", "try again what was given up"},
	{"jobs cancel", command_jobs_cancel, false, "ID", "take it out of the queue; a step that runs has no effect"},
	{"seed", command_seed, true, "", "five demo companies with people and leads"},
	{"doctor", command_doctor, false, "", "check configuration, roles, isolation, certificates and sockets"},
	{"config", command_config, false, "", "print the settings in force"},
};

int fail(const char *format, ...)
{
	va_list arguments;

	fputs("demandctl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

const char *err_sentence(enum err e)
{
	switch (e) {
	case E_NOTFOUND:
		return "there is no such row";
	case E_CONFLICT:
		return "that name is taken";
	case E_INVALID:
		return "a value is not acceptable";
	case E_LIMIT:
		return "the plan's limit is reached";
	case E_BUSY:
		return "the database cannot be reached or is busy; is it running? (./dev status)";
	case OK:
	case E_MALFORMED:
	case E_UNAUTH:
	case E_FORBIDDEN:
	case E_METHOD:
	case E_PRECONDITION:
	case E_TOOBIG:
	case E_MEDIA:
	case E_NEEDMATCH:
	case E_RATE:
	case E_INTERNAL:
		break;
	}
	return "something went wrong; the log line above says what";
}

static void drop_arguments(struct ctl *ctl, int at, int count)
{
	for (int i = at; i + count < ctl->argument_count; i++)
		ctl->arguments[i] = ctl->arguments[i + count];
	ctl->argument_count -= count;
}

const char *option_value(struct ctl *ctl, const char *name)
{
	for (int i = 0; i + 1 < ctl->argument_count; i++)
		if (strcmp(ctl->arguments[i], name) == 0) {
			const char *value = ctl->arguments[i + 1];

			drop_arguments(ctl, i, 2);
			return value;
		}
	return NULL;
}

bool option_flag(struct ctl *ctl, const char *name)
{
	for (int i = 0; i < ctl->argument_count; i++)
		if (strcmp(ctl->arguments[i], name) == 0) {
			drop_arguments(ctl, i, 1);
			return true;
		}
	return false;
}

bool options_done(struct ctl *ctl)
{
	if (ctl->argument_count > 0)
		fail("unexpected argument: %s (try demandctl help)", ctl->arguments[0]);
	return ctl->argument_count == 0;
}

const char *admin_conninfo(struct ctl *ctl)
{
	return arena_printf(ctl->arena, "%s user=%s", ctl->config.database, ctl->admin_role).p;
}

static int usage(void)
{
	puts("usage: demandctl [-c FILE] COMMAND …\n");
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		printf("  %-20s %s\n  %20s   %s\n", commands[i].words, commands[i].usage, "", commands[i].help);
	puts("\nThe configuration is read from FILE, or from the file named by DEMAND_CONFIG; DEMAND_ADMIN_ROLE is "
	     "the\n"
	     "login for roles and migrate (default: postgres).");
	return EXIT_SUCCESS;
}

/* The row whose words begin the arguments; *used is how many they are. */
static const struct command_row *find_command(int count, char **words, int *used)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		struct str rest = str_from(commands[i].words);
		struct str first = str_split(&rest, ' ');

		if (count < 1 || !str_is(first, words[0]))
			continue;
		*used = str_absent(rest) ? 1 : 2;
		if (*used == 1 || (count > 1 && str_is(rest, words[1])))
			return &commands[i];
	}
	return NULL;
}

static bool prepare(struct ctl *ctl, const char *config_path, bool pepper)
{
	struct buffer complaints = BUFFER_IN(ctl->arena);
	uint8_t key[32];

	if (!config_load(&ctl->config, config_path, &complaints) ||
	    (pepper && !config_pepper(&ctl->config, key, &complaints))) {
		fail("%s", complaints.bytes);
		return false;
	}
	if (pepper) {
		token_pepper(key);
		sodium_memzero(key, sizeof key);
		token_derive_key("cursor", key);
		entity_list_key(key);
	}
	entity_catalogue(entities, entities_count);
	ctl->admin_role = getenv("DEMAND_ADMIN_ROLE") ? getenv("DEMAND_ADMIN_ROLE") : "postgres";
	ctl->app = pg_new(ctl->config.database, ctl->config.app_role);
	ctl->auth = pg_new(ctl->config.database, ctl->config.auth_role);
	return true;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {.arena = arena_new((size_t)256 << 20)};
	const char *config_path = getenv("DEMAND_CONFIG");
	const struct command_row *row;
	int used = 0, code;

	log_start("demandctl", LOG_WARNING);
	if (sodium_init() < 0)
		return fail("the cryptographic library does not start");
	ctl.argument_count = argc - 1;
	ctl.arguments = argv + 1;
	if (ctl.argument_count >= 2 && strcmp(ctl.arguments[0], "-c") == 0)
		config_path = option_value(&ctl, "-c");
	if (ctl.argument_count == 0 || strcmp(ctl.arguments[0], "help") == 0 ||
	    strcmp(ctl.arguments[0], "--help") == 0) {
		usage();
		arena_free(ctl.arena);
		return ctl.argument_count == 0 ? EXIT_USAGE : EXIT_SUCCESS;
	}
	row = find_command(ctl.argument_count, ctl.arguments, &used);
	if (!row) {
		fail("there is no command %s (try demandctl help)", ctl.arguments[0]);
		arena_free(ctl.arena);
		return EXIT_USAGE;
	}
	drop_arguments(&ctl, 0, used);
	code = prepare(&ctl, config_path, row->pepper) ? row->run(&ctl) : EXIT_FAILURE;
	pg_free(ctl.app);
	pg_free(ctl.auth);
	arena_free(ctl.arena);
	return code;
}
