/*
 * Forms are only taken from our own pages: a token bound to the session (or, where nobody is signed in, to the visit cookie), and what the
 * browser says about where the request comes from. All tenants' hosts are one "site" to a browser, so SameSite alone protects nobody.
 */
#ifndef DEMAND_CSRF_H
#define DEMAND_CSRF_H

#include "fcgi/web.h"

#define VISIT_COOKIE "__Host-visit"
#define VISIT_LENGTH 32
#define VISIT_SECONDS ((int64_t)30 * 86400)

enum csrf_kind { CSRF_SESSION = 1, CSRF_VISIT };

/* subject: the hash of the session's token, or the visit cookie's value. */
struct str csrf_make(struct arena *, enum csrf_kind, struct str subject);
bool csrf_check(struct arena *, enum csrf_kind, struct str subject, struct str sent) MUST_CHECK;
/* origin and fetch_site are the headers, absent when not sent. */
bool csrf_from_here(struct str own_origin, struct str origin, struct str fetch_site) MUST_CHECK;
/* A visit cookie's value as we make them. */
bool csrf_visit_valid(struct str visit) MUST_CHECK;
struct str csrf_visit_new(struct arena *);

#endif
