/*
 * Tenants, their plans and their resolution: host or key -> tenant -> scope.
 */
#ifndef DEMAND_TENANT_H
#define DEMAND_TENANT_H

#include "lib/base/config.h"
#include "lib/base/id.h"
#include "lib/pg/pg.h"
#include "lib/pg/scope.h"

/* ---- plans: one table, plan.c ---- */

enum feature { FEATURE_ANY = 1, FEATURE_BRANDING };
enum plan_tier { PLAN_STARTER = 1, PLAN_PROFESSIONAL, PLAN_ENTERPRISE };

struct plan {
	enum plan_tier tier;
	const char *name, *label;                   /* "starter", "Starter" */
	int64_t price_dollars;                      /* a month */
	int64_t max_leads, max_users, max_scrapers; /* 0: unlimited */
	unsigned features;                          /* bits 1 << enum feature */
	const char *const *lines;                   /* what people read on the price card; ended by NULL */
};
extern const struct plan plans[];
extern const size_t plan_count;
const struct plan *plan_find(struct str name); /* NULL */
/* The cheapest plan whose limit (leads, users…) is above `needed`; NULL when there is none. */
enum plan_limit { LIMIT_LEADS = 1, LIMIT_USERS, LIMIT_SCRAPERS };
const struct plan *plan_that_lifts(enum plan_limit, int64_t needed);
const char *plan_limit_label(enum plan_limit); /* "leads" */
#define TRIAL_DAYS 14

/* ---- tenant ---- */

enum tenant_status { TENANT_TRIAL = 1, TENANT_ACTIVE, TENANT_SUSPENDED, TENANT_CANCELLED };

/* A snapshot; in the caller's arena. Counters are never cached: read them with usage_read. */
struct tenant {
	struct uuid id;
	struct str slug, code, name, company_name, industry, time_zone;
	struct str settings;      /* JSON object: what a company has set about its working hours and the like */
	struct str custom_fields; /* JSON list; see lib/entity/custom.h */
	struct uuid logo_id;      /* zero: none */
	enum tenant_status status;
	const struct plan *plan;
	int64_t trial_ends_at;                      /* 0: none */
	int64_t max_leads, max_users, max_scrapers; /* 0: unlimited */
	const struct scope *scope;
};

enum tenant_access {
	ACCESS_FULL = 1,
	ACCESS_READ_ONLY, /* the trial is over: reads, exports and upgrades only */
	ACCESS_NOTICE     /* suspended or cancelled: a notice and nothing else */
};
enum tenant_access tenant_access(const struct tenant *, int64_t now);
const char *tenant_status_name(enum tenant_status);

/* ---- hosts ---- */

enum host_kind { HOST_UNKNOWN = 1, HOST_APEX, HOST_APP, HOST_API, HOST_ADMIN, HOST_TENANT };
/* host without port, any case. label is the tenant's slug for HOST_TENANT, lower case in the arena. */
enum host_kind host_classify(const struct config *, struct arena *, struct str host, struct str *label);

/* ---- resolver: one a worker, a cache of snapshots ---- */

struct resolver;
/* Listens on channel "tenant_changed"; entries live until told so, or 5 s where listening is not to be had; unknown names 5 s. Bounded (10,000 entries). */
struct resolver *resolver_new(struct pg *app);
void resolver_free(struct resolver *);
/* E_NOTFOUND: no such tenant, or it is deleted. E_BUSY, E_INTERNAL from the database. *out lives in the arena. */
enum err resolver_by_slug(struct resolver *, struct arena *, struct str slug, struct tenant **out) MUST_CHECK;
enum err resolver_by_id(struct resolver *, struct arena *, struct uuid, struct tenant **out) MUST_CHECK;
enum err resolver_by_code(struct resolver *, struct arena *, struct str code, struct tenant **out) MUST_CHECK;
/* Call in every transaction that changes what a snapshot shows. */
enum err tenant_changed(struct ttx *) MUST_CHECK;
enum err tenant_changed_by_system(struct stx *, struct uuid tenant) MUST_CHECK;

#endif
