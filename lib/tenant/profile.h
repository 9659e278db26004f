/* What a tenant says about itself: the company page of the settings. Never its plan, status or limits. */
#ifndef DEMAND_PROFILE_H
#define DEMAND_PROFILE_H

#include "lib/entity/entity.h"
#include "lib/tenant/tenant.h"

/* Input: name, company_name, industry, website_url, phone, time_zone. */
extern const struct entity profile_entity;
extern const struct choice time_zone_choices[]; /* IANA names */

/* The stored values as a record of profile_entity; *version for If-Match. */
enum err profile_get(struct ttx *, struct record **out, int64_t *version) MUST_CHECK;
/* Writes the given fields; version 0: whatever it is now, else E_PRECONDITION when it has moved on. Snapshots everywhere learn of it. */
enum err profile_update(struct ttx *, const struct record *change, int64_t version, struct errors *) MUST_CHECK;

#endif
