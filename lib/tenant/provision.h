/*
 * Making and governing tenants from outside them: sign-up, the admin API, demandctl and the seed all come through here.
 * Every change tells the resolvers (NOTIFY). Times are RFC 3339.
 */
#ifndef DEMAND_PROVISION_H
#define DEMAND_PROVISION_H

#include "lib/entity/entity.h"
#include "lib/tenant/link.h"

/* ---- create ---- */

struct tenant_wish {
	struct str name, company_name, slug, industry,
		website_url; /* company_name absent: name; industry absent: hvac */
	struct str owner_name, owner_email, owner_phone;
	struct str password_hash; /* absent: the owner gets a set-password link */
	const struct plan *plan;
	struct str logo_png; /* from logo_accept; absent: none */
};
struct tenant_made {
	struct uuid tenant_id, user_id;
	struct str slug, code;
	int64_t created_at, trial_ends_at;
	struct link set_password; /* text absent when a password was given */
};
/*
 * Directory entry, tenant in trial for 14 days with the plan's limits, owner, logo; the transaction is inside the new tenant afterwards.
 * E_CONFLICT with an error at `slug_field` when the slug is taken: nothing was written and the transaction is still good. E_INVALID: reserved or malformed.
 */
enum err tenant_provision(struct stx *, const struct tenant_wish *, const char *slug_field, struct errors *,
			  struct tenant_made *out) MUST_CHECK;

/* Input of POST /api/admin/tenants: name, slug, owner_email, owner_name, company_name, plan_tier, owner_password, owner_phone, industry, website_url. */
extern const struct entity tenant_create_entity;
/* Checks and hashes owner_password first, then tenant_provision. */
enum err tenant_create(struct stx *, const struct record *input, struct errors *, struct tenant_made *out) MUST_CHECK;

/* ---- read ---- */

struct tenant_row {
	struct uuid id;
	struct str name, slug, subdomain, company_name, industry, website_url, owner_name, owner_email, owner_phone,
		plan_tier, status;
	int64_t max_leads, max_users, max_scrapers; /* 0: unlimited */
	int64_t lead_count, user_count, version;
	int64_t trial_ends_at, created_at, updated_at, subscription_started_at; /* 0: none */
};
/* id, name, slug, subdomain, …, created_at: the plan's TenantResponse and more. */
void tenant_row_to_value(const struct tenant_row *, struct value *map);

struct tenants_query {
	int64_t limit;     /* 1 to 200 */
	struct str cursor; /* absent: from the start */
	struct str status; /* absent: any */
};
/* Oldest first, deleted ones left out. *next_cursor is absent on the last page. E_INVALID: an error at "cursor". */
enum err tenants_list(struct stx *, const struct tenants_query *, struct errors *, struct tenant_row **out,
		      size_t *count, struct str *next_cursor) MUST_CHECK;
/* E_NOTFOUND: unknown or deleted. */
enum err tenant_get(struct stx *, struct uuid, struct tenant_row **out) MUST_CHECK;
enum err tenant_get_by_slug(struct stx *, struct str slug, struct tenant_row **out) MUST_CHECK;

/* ---- change ---- */

/* Input of PATCH: name, plan_tier, status, trial_ends_at. */
extern const struct entity tenant_update_entity;
/*
 * plan_tier brings the plan's limits (rows above them stay, new ones are refused). Status goes trial -> active | suspended | cancelled,
 * active -> suspended | cancelled, suspended -> trial | active | cancelled, cancelled -> active; anything else is E_CONFLICT at status.
 * version 0: whatever it is now, else E_PRECONDITION.
 */
enum err tenant_update(struct stx *, struct uuid, const struct record *change, int64_t version, struct errors *,
		       struct tenant_row **out) MUST_CHECK;
/* Soft: the rows stay, the host, keys and sessions stop working, the name stays taken. */
enum err tenant_delete(struct stx *, struct uuid) MUST_CHECK;

#endif
