/*
 * Single-use links and codes of a tenant's user: the hand-over from the sign-up to the workspace, and the first password.
 * Only the keyed hash is stored. Show the form on GET with link_peek; consume on POST with link_take, since mail scanners follow links.
 */
#ifndef DEMAND_LINK_H
#define DEMAND_LINK_H

#include "lib/tenant/principal.h"

enum link_purpose { LINK_HANDOVER = 1, LINK_SET_PASSWORD };

struct link {
	struct str text; /* secret: the code for the address's query or path */
	int64_t expires_at;
};

/* HANDOVER lives for 60 seconds, SET_PASSWORD for 7 days. A new SET_PASSWORD link voids the user's older ones. */
enum err link_make(struct ttx *, const struct tenant *, enum link_purpose, struct uuid user,
		   struct link *out) MUST_CHECK;
/* The same from a system transaction that has entered the tenant; older links stay. */
enum err link_make_by_system(struct stx *, struct uuid tenant, struct str tenant_code, enum link_purpose,
			     struct uuid user, struct link *out) MUST_CHECK;

/* Voids the user's links of that purpose. */
enum err link_void(struct ttx *, enum link_purpose, struct uuid user) MUST_CHECK;

struct link_user {
	struct uuid user_id;
	struct str name, email;
};
/*
 * Of the tenant of the transaction; `text` as it came from the browser. E_NOTFOUND: not a link, another tenant's, another purpose, used, expired, or
 * its user is inactive. `link_take` has exactly one winner.
 */
enum err link_peek(struct ttx *, const struct tenant *, enum link_purpose, struct str text,
		   struct link_user *out) MUST_CHECK;
enum err link_take(struct ttx *, const struct tenant *, enum link_purpose, struct str text,
		   struct link_user *out) MUST_CHECK;

#endif
