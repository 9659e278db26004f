/*
 * The resolver's memory: snapshots by slug, code and id, and names that are known not to be there. Bounded; the one that was used longest ago goes
 * first. Unknown names have a bound of their own, so that a flood of them does not push tenants out.
 */
#ifndef DEMAND_RESOLVER_CACHE_H
#define DEMAND_RESOLVER_CACHE_H

#include "lib/tenant/tenant.h"

#define RESOLVER_TENANTS_MOST 8000
#define RESOLVER_UNKNOWN_MOST 2000

enum resolver_key { RESOLVER_SLUG = 0, RESOLVER_CODE };
enum resolver_found { RESOLVER_ABSENT = 1, RESOLVER_KNOWN, RESOLVER_UNKNOWN };

struct resolver_cache;

struct resolver_cache *resolver_cache_new(void);
void resolver_cache_free(struct resolver_cache *);
/* Entries read before the instants count as absent. *out is a copy in the arena. */
enum resolver_found resolver_cache_find(struct resolver_cache *, struct arena *, enum resolver_key, struct str key,
					int64_t known_since, int64_t unknown_since, struct tenant **out);
void resolver_cache_add(struct resolver_cache *, const struct tenant *, int64_t read_at);
void resolver_cache_add_unknown(struct resolver_cache *, enum resolver_key, struct str key, int64_t read_at);
/* Forgets the tenant; for one that is not here also all unknown names, since it may be new. */
void resolver_cache_drop(struct resolver_cache *, struct uuid tenant);
void resolver_cache_clear(struct resolver_cache *);
/* Grows with every drop and clear. */
uint64_t resolver_cache_generation(const struct resolver_cache *);
size_t resolver_cache_count(const struct resolver_cache *); /* tenants and unknown names */

#endif
