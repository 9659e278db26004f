#include <stdlib.h>

#include "lib/pg/scope_internal.h"
#include "lib/tenant/resolver_cache.h"
#include "lib/tenant/slug.h"
#include "lib/tenant/tenant_internal.h"

#define LISTENING_CEILING (10 * 60 * MICROSECONDS_PER_SECOND) /* for changes by hand, which tell nobody */
#define DEAF_CEILING (5 * MICROSECONDS_PER_SECOND)
#define UNKNOWN_CEILING (5 * MICROSECONDS_PER_SECOND)
#define CODE_LENGTH 8

STATEMENT(directory_by_slug, "SELECT tenant_id, code FROM tenant_directory WHERE slug = $1 AND released_at IS NULL");
STATEMENT(directory_by_id, "SELECT slug FROM tenant_directory WHERE tenant_id = $1 AND released_at IS NULL");
STATEMENT(directory_by_code, "SELECT tenant_id, code FROM tenant_directory WHERE code = $1 AND released_at IS NULL");
STATEMENT(tenant_snapshot,
	  "SELECT slug, name, coalesce(company_name, name), industry, time_zone, logo_id, status, plan_tier, "
	  "trial_ends_at,"
	  " max_leads, max_users, max_scrapers, settings, custom_fields FROM tenants WHERE tenant_id = $1 AND "
	  "deleted_at IS NULL");

struct resolver {
	struct pg *app;
	struct resolver_cache *cache;
};

static void notified(void *context, const char *payload)
{
	struct resolver *resolver = context;
	struct uuid tenant;

	if (payload && uuid_parse(str_from(payload), &tenant))
		resolver_cache_drop(resolver->cache, tenant);
	else
		resolver_cache_clear(resolver->cache);
}

struct resolver *resolver_new(struct pg *app)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		abort();
	resolver->app = app;
	resolver->cache = resolver_cache_new();
	pg_listen(app, TENANT_CHANNEL, notified, resolver);
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	resolver_cache_free(resolver->cache);
	free(resolver);
}

static enum err load_tenant(struct pg *pg, struct arena *arena, struct uuid id, struct str code, struct tenant **out)
{
	struct tenant *tenant = ARENA_NEW(arena, struct tenant);
	struct scope *scope = ARENA_NEW(arena, struct scope);
	struct rows *row;
	struct ttx *tx;
	enum err err;

	*scope = scope_of(id);
	tx = ttx_begin(pg, arena, scope, TX_READ);
	err = ttx_one(tx, &tenant_snapshot, NO_ARGS, &row);
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	*tenant = (struct tenant){
		.id = id,
		.slug = rows_str(row, 0),
		.code = code,
		.name = rows_str(row, 1),
		.company_name = rows_str(row, 2),
		.industry = rows_str(row, 3),
		.time_zone = rows_str(row, 4),
		.logo_id = rows_uuid(row, 5),
		.plan = plan_find(rows_str(row, 7)),
		.trial_ends_at = rows_instant(row, 8),
		.max_leads = rows_int(row, 9),
		.max_users = rows_int(row, 10),
		.max_scrapers = rows_int(row, 11),
		.settings = rows_str(row, 12),
		.custom_fields = rows_str(row, 13),
		.scope = scope,
	};
	if (!tenant_status_find(rows_str(row, 6), &tenant->status) || !tenant->plan) {
		ttx_rollback(tx);
		return E_INTERNAL;
	}
	*out = tenant;
	return ttx_commit(tx);
}

static enum err load(struct resolver *resolver, struct arena *arena, enum resolver_key kind, struct str key,
		     struct tenant **out)
{
	struct rows *row;
	enum err err;

	err = directory_one(resolver->app, arena, kind == RESOLVER_SLUG ? &directory_by_slug : &directory_by_code,
			    ARGS(arg_str(key)), &row);
	if (err)
		return err;
	return load_tenant(resolver->app, arena, rows_uuid(row, 0), rows_str(row, 1), out);
}

static enum err resolve(struct resolver *resolver, struct arena *arena, enum resolver_key kind, struct str key,
			struct tenant **out)
{
	int64_t now = clock_monotonic();
	int64_t ceiling = pg_listening(resolver->app) ? LISTENING_CEILING : DEAF_CEILING;
	uint64_t generation;
	enum err err;

	switch (resolver_cache_find(resolver->cache, arena, kind, key, now - ceiling, now - UNKNOWN_CEILING, out)) {
	case RESOLVER_KNOWN:
		return OK;
	case RESOLVER_UNKNOWN:
		return E_NOTFOUND;
	case RESOLVER_ABSENT:
		break;
	}
	generation = resolver_cache_generation(resolver->cache);
	err = load(resolver, arena, kind, key, out);
	/* A change that was told of while we were reading: what we hold may be from before it. */
	if (generation != resolver_cache_generation(resolver->cache))
		return err;
	if (err == OK)
		resolver_cache_add(resolver->cache, *out, now);
	else if (err == E_NOTFOUND)
		resolver_cache_add_unknown(resolver->cache, kind, key, now);
	return err;
}

enum err resolver_by_slug(struct resolver *resolver, struct arena *arena, struct str slug, struct tenant **out)
{
	if (!slug_valid(slug))
		return E_NOTFOUND;
	return resolve(resolver, arena, RESOLVER_SLUG, slug, out);
}

enum err resolver_by_id(struct resolver *resolver, struct arena *arena, struct uuid id, struct tenant **out)
{
	struct rows *row;
	enum err e = directory_one(resolver->app, arena, &directory_by_id, ARGS(arg_uuid(arena, id)), &row);

	return e ? e : resolver_by_slug(resolver, arena, rows_str(row, 0), out);
}

enum err resolver_by_code(struct resolver *resolver, struct arena *arena, struct str code, struct tenant **out)
{
	if (code.n != CODE_LENGTH)
		return E_NOTFOUND;
	return resolve(resolver, arena, RESOLVER_CODE, code, out);
}
