/* roles and migrate. */
#include "ctl/ctl.h"

#include "lib/pg/migrate.h"

#include <stdio.h>
#include <stdlib.h>

static int report(enum err e, struct buffer *text)
{
	fputs(text->bytes ? text->bytes : "", e == OK ? stdout : stderr);
	return e == OK ? EXIT_SUCCESS : fail("%s", err_sentence(e));
}

int command_roles(struct ctl *ctl)
{
	const char *file = option_value(ctl, "--file");
	struct buffer text = BUFFER_IN(ctl->arena);

	if (!options_done(ctl))
		return EXIT_USAGE;
	/* roles.sql lies beside the folder of the migrations. */
	if (!file)
		file = arena_printf(ctl->arena, "%s/../roles.sql", ctl->config.migration_folder).p;
	return report(migrate_roles(admin_conninfo(ctl), file, &text), &text);
}

int command_migrate(struct ctl *ctl)
{
	bool status = option_flag(ctl, "--status"), pending = false;
	struct buffer text = BUFFER_IN(ctl->arena);
	enum err e;

	if (!options_done(ctl))
		return EXIT_USAGE;
	if (!status)
		return report(migrate_up(admin_conninfo(ctl), ctl->config.migration_folder, &text), &text);
	e = migrate_status(admin_conninfo(ctl), ctl->config.migration_folder, &text, &pending);
	if (e != OK)
		return report(e, &text);
	report(OK, &text);
	return pending ? EXIT_FAILURE : EXIT_SUCCESS;
}
