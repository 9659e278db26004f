/*
 * The plan's numbers, held by the database under any concurrency, and what was used of them.
 */
#ifndef DEMAND_USAGE_H
#define DEMAND_USAGE_H

#include "lib/base/errors.h"
#include "lib/tenant/tenant.h"

/*
 * Takes one place of the limit, in the transaction that makes the row: rolled back together. Call it last before the insert, since it
 * holds the tenant's row until commit. A claimed lead is also counted in tenant_usage as 'leads_created'.
 * E_LIMIT with an error (field NULL, code "plan_limit") that names the limit, its number and the plan that lifts it.
 */
enum err usage_claim(struct ttx *, enum plan_limit, struct errors *) MUST_CHECK;
/*
 * As many of `wanted` places as there are, for rows that are made together; *claimed may be 0. What is not claimed is
 * explained by usage_refuse().
 */
enum err usage_claim_many(struct ttx *, enum plan_limit, int64_t wanted, int64_t *claimed) MUST_CHECK;
/* E_LIMIT with the error that usage_claim() gives. */
enum err usage_refuse(struct ttx *, enum plan_limit, struct errors *) MUST_CHECK;
/* Gives `count` places back, after rows were deleted or a user was deactivated. */
enum err usage_release(struct ttx *, enum plan_limit, int64_t count) MUST_CHECK;

/* Takes claims of this transaction out of the month's count: for rows that no customer sent. */
enum err usage_uncount(struct ttx *, enum plan_limit, int64_t count) MUST_CHECK;

struct usage {
	int64_t leads, users, scrapers;
	int64_t max_leads, max_users, max_scrapers; /* 0: unlimited */
	int64_t api_calls, leads_created;           /* in the running calendar month, UTC */
	struct str period_start, period_end;        /* "2026-11-01", "2026-11-30" */
};
/* One round trip. */
enum err usage_read(struct ttx *, struct usage *out) MUST_CHECK;

/* Adds to this month's API calls in a write transaction of its own; for workers that flush a shared counter. */
enum err usage_add_api_calls(struct pg *, struct arena *, struct uuid tenant, int64_t count) MUST_CHECK;

#endif
