/* tenant purge-trash: erases what has been in the trash for long enough. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/base/errors.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/tenant.h"

#include <stdio.h>
#include <stdlib.h>

#define DAYS_KEPT 30

struct purge {
	struct ctl *ctl;
	struct resolver *resolver;
	int64_t before;
};

/* A transaction for each 500 rows: nobody waits for the whole. */
static enum err purge_entity(const struct purge *purge, const struct tenant *tenant, const struct entity *entity,
			     int64_t *erased)
{
	int64_t count;

	do {
		struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
		struct ttx *tx = ttx_begin(purge->ctl->app, arena, tenant->scope, TX_WRITE);
		enum err e = trash_purge(tx, entity, purge->before, &count);

		if (e == OK)
			e = ttx_commit(tx);
		else
			ttx_rollback(tx);
		arena_free(arena);
		if (e != OK)
			return e;
		*erased += count;
	} while (count > 0);
	return OK;
}

static int purge_tenant(const struct purge *purge, struct str slug)
{
	struct tenant *tenant;
	int64_t erased = 0;
	enum err e = resolver_by_slug(purge->resolver, purge->ctl->arena, slug, &tenant);

	for (size_t i = 0; e == OK && i < entities_count; i++)
		e = purge_entity(purge, tenant, entities[i], &erased);
	if (e != OK)
		return fail("%.*s: %s", STR_FMT_ARG(slug), err_sentence(e));
	printf("%.*s: %lld erased\n", STR_FMT_ARG(slug), (long long)erased);
	return EXIT_SUCCESS;
}

static int purge_all(const struct purge *purge)
{
	struct tenants_query query = {.limit = 200};
	struct arena *arena = purge->ctl->arena;
	int code = EXIT_SUCCESS;

	do {
		struct stx *stx = stx_begin(purge->ctl->auth, arena, "demandctl tenant purge-trash", TX_READ);
		struct tenant_row *rows;
		size_t count;
		enum err e = tenants_list(stx, &query, errors_new(arena), &rows, &count, &query.cursor);

		if (e == OK)
			e = stx_commit(stx);
		if (e != OK)
			return fail("%s", err_sentence(e));
		for (size_t i = 0; i < count; i++)
			if (purge_tenant(purge, rows[i].slug) != EXIT_SUCCESS)
				code = EXIT_FAILURE;
	} while (!str_absent(query.cursor));
	return code;
}

int command_tenant_purge_trash(struct ctl *ctl)
{
	const char *days_text = option_value(ctl, "--days");
	bool all = option_flag(ctl, "--all");
	int64_t days = DAYS_KEPT;
	struct purge purge = {.ctl = ctl};
	int code;

	if (days_text && (!str_to_int64(str_from(days_text), &days) || days < 0 || days > 3650)) {
		fail("--days is a number from 0 to 3650");
		return EXIT_USAGE;
	}
	if (ctl->argument_count != (all ? 0 : 1)) {
		fail("which tenant? give its slug, or --all");
		return EXIT_USAGE;
	}
	purge.before = clock_now() - days * 86400 * MICROSECONDS_PER_SECOND;
	purge.resolver = resolver_new(ctl->app);
	code = all ? purge_all(&purge) : purge_tenant(&purge, str_from(ctl->arguments[0]));
	resolver_free(purge.resolver);
	return code;
}
