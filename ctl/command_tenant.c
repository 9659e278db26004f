/* tenant create | list | show | suspend | resume. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/tenant/provision.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option {
	const char *name, *field;
} create_options[] = {
	{"--name", "name"},
	{"--slug", "slug"},
	{"--owner-email", "owner_email"},
	{"--owner-name", "owner_name"},
	{"--company-name", "company_name"},
	{"--owner-password", "owner_password"},
	{"--plan", "plan_tier"},
};

/* What the operator typed for a field; a field without an option stays as it is. */
static const char *option_of(const char *field)
{
	for (size_t i = 0; i < COUNT_OF(create_options); i++)
		if (strcmp(create_options[i].field, field) == 0)
			return create_options[i].name;
	return field;
}

/* Reports a status and the field errors behind it. */
static int explain(enum err e, const struct errors *errors)
{
	for (const struct field_error *error = errors_first(errors); error; error = error->next)
		fprintf(stderr, "  %s: %.*s\n", error->field ? option_of(error->field) : "-",
			STR_FMT_ARG(error->message));
	return fail("%s", e == E_NOTFOUND ? "there is no such tenant" : err_sentence(e));
}

static void print_row(struct arena *arena, const struct tenant_row *row)
{
	char id[UUID_TEXT_LENGTH + 1];

	uuid_print(row->id, id);
	printf("%s  %-24.*s %-12.*s %-10.*s %6lld leads %4lld users  %.*s\n", id, STR_FMT_ARG(row->slug),
	       STR_FMT_ARG(row->plan_tier), STR_FMT_ARG(row->status), (long long)row->lead_count,
	       (long long)row->user_count, STR_FMT_ARG(clock_rfc3339(arena, row->created_at)));
}

int command_tenant_create(struct ctl *ctl)
{
	struct value *body = value_map(ctl->arena);
	struct errors *errors = errors_new(ctl->arena);
	struct record *input = record_new(ctl->arena, &tenant_create_entity);
	struct tenant_made made;
	struct stx *stx;
	enum err e;

	for (size_t i = 0; i < COUNT_OF(create_options); i++) {
		const char *given = option_value(ctl, create_options[i].name);

		if (given)
			value_put_text(body, create_options[i].field, given);
	}
	if (!options_done(ctl))
		return EXIT_USAGE;
	e = record_from_json(input, WRITE_CREATE, body, errors);
	if (e != OK)
		return explain(e, errors);
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl tenant create", TX_WRITE);
	e = tenant_create(stx, input, errors, &made);
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return explain(e, errors);
	printf("created %.*s: %.*s\n", STR_FMT_ARG(made.slug),
	       STR_FMT_ARG(config_origin(&ctl->config, ctl->arena, arena_c_string(ctl->arena, made.slug))));
	if (!str_absent(made.set_password.text))
		printf("the owner sets a password at (once, within 7 days):\n%.*s/password?token=%.*s\n",
		       STR_FMT_ARG(config_origin(&ctl->config, ctl->arena, arena_c_string(ctl->arena, made.slug))),
		       STR_FMT_ARG(made.set_password.text));
	return EXIT_SUCCESS;
}

int command_tenant_list(struct ctl *ctl)
{
	struct tenants_query query = {.limit = 200, .status = str_from(option_value(ctl, "--status"))};
	struct errors *errors = errors_new(ctl->arena);
	struct stx *stx;
	struct tenant_row *rows;
	size_t count;
	enum err e;

	if (!options_done(ctl))
		return EXIT_USAGE;
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl tenant list", TX_READ);
	do {
		e = tenants_list(stx, &query, errors, &rows, &count, &query.cursor);
		if (e != OK)
			return explain(e, errors);
		for (size_t i = 0; i < count; i++)
			print_row(ctl->arena, &rows[i]);
	} while (!str_absent(query.cursor));
	return stx_commit(stx) == OK ? EXIT_SUCCESS : fail("%s", err_sentence(E_BUSY));
}

/* The one argument left: a slug. */
static struct str slug_argument(struct ctl *ctl)
{
	if (ctl->argument_count == 1)
		return str_from(ctl->arguments[0]);
	fail("which tenant? give its slug");
	return STR_NONE;
}

int command_tenant_show(struct ctl *ctl)
{
	struct str slug = slug_argument(ctl);
	struct stx *stx;
	struct tenant_row *row;
	struct value *map = value_map(ctl->arena);
	enum err e;

	if (str_absent(slug))
		return EXIT_USAGE;
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl tenant show", TX_READ);
	e = tenant_get_by_slug(stx, slug, &row);
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return explain(e, errors_new(ctl->arena));
	tenant_row_to_value(row, map);
	for (size_t i = 0; i < value_count(map); i++) {
		struct str key = STR_NONE;
		struct str shown = value_as_str(value_member(map, i, &key));

		printf("%-18.*s %.*s\n", STR_FMT_ARG(key), STR_FMT_ARG(shown));
	}
	return EXIT_SUCCESS;
}

static int set_status(struct ctl *ctl, const char *why, struct str (*wanted)(const struct tenant_row *))
{
	struct str slug = slug_argument(ctl);
	struct errors *errors = errors_new(ctl->arena);
	struct record *change = record_new(ctl->arena, &tenant_update_entity);
	struct stx *stx;
	struct tenant_row *row;
	enum err e;

	if (str_absent(slug))
		return EXIT_USAGE;
	stx = stx_begin(ctl->auth, ctl->arena, why, TX_WRITE);
	e = tenant_get_by_slug(stx, slug, &row);
	if (e == OK) {
		record_set_text(change, "status", wanted(row));
		e = tenant_update(stx, row->id, change, 0, errors, &row);
	}
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return explain(e, errors);
	print_row(ctl->arena, row);
	return EXIT_SUCCESS;
}

static struct str suspended(const struct tenant_row *row)
{
	(void)row;
	return STR("suspended");
}

/* Back to where it was: who never subscribed goes on with the trial, also when that has ended meanwhile. */
static struct str resumed(const struct tenant_row *row)
{
	return row->subscription_started_at ? STR("active") : STR("trial");
}

int command_tenant_suspend(struct ctl *ctl)
{
	return set_status(ctl, "demandctl tenant suspend", suspended);
}

int command_tenant_resume(struct ctl *ctl)
{
	return set_status(ctl, "demandctl tenant resume", resumed);
}
