/*
 * Slugs: the host labels of tenants. ASCII, 3 to 40 of [a-z0-9-], no hyphen at either end, none at both places 3 and 4 (so
 * never an IDN label), not reserved and not to be mistaken for a reserved name.
 */
#ifndef DEMAND_SLUG_H
#define DEMAND_SLUG_H

#include "lib/base/arena.h"
#include "lib/base/errors.h"
#include "lib/pg/pg.h"

#define SLUG_LEAST 3
#define SLUG_MOST 40

/* "Acme Heating & Cooling, Inc." -> "acme-heating-cooling". Always a valid, unreserved slug; "company" when nothing is left. */
struct str slug_from_name(struct arena *, struct str name);
bool slug_valid(struct str slug);    /* the form only */
bool slug_reserved(struct str slug); /* names, patterns, look-alikes */
/* Valid and not reserved; else an error at `field` in words. Costs no SQL. */
bool slug_acceptable(struct str slug, const char *field, struct errors *) MUST_CHECK;

struct slug_answer {
	struct str slug;           /* what was asked when it has a slug's form, else slug_from_name of it */
	bool available;            /* false: taken or reserved */
	struct str suggestions[5]; /* free ones, never the slug itself */
	size_t suggestion_count;   /* at least 3 */
};
/* `wanted` may be a company's name. One statement for the slug and every candidate. */
enum err slug_suggest(struct stx *, struct str wanted, struct slug_answer *out) MUST_CHECK;
enum err slug_available(struct stx *, struct str slug, bool *out) MUST_CHECK;

#endif
