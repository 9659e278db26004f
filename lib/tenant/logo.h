/*
 * Logos: PNG or JPEG in, a PNG of at most 512 x 512 without metadata out. Decoding happens in a forked child with little memory and
 * time and no way out but a pipe, so that a decoder's bug or a bomb costs the child only.
 */
#ifndef DEMAND_LOGO_H
#define DEMAND_LOGO_H

#include "lib/base/errors.h"
#include "lib/pg/pg.h"

#define LOGO_MOST_BYTES (2 * 1024 * 1024)
#define LOGO_MOST_PIXELS 16000000
#define LOGO_EDGE 512

/* E_INVALID with an error at "logo"; E_BUSY when no child could be started or it took over 5 s. */
enum err logo_accept(struct arena *, struct str bytes, struct errors *, struct str *png) MUST_CHECK;

/* Replaces the tenant's logo; snapshots everywhere learn of it. */
enum err logo_store(struct ttx *, struct str png, struct uuid *id) MUST_CHECK;
enum err logo_remove(struct ttx *) MUST_CHECK;
/* The logo of that id (tenant.logo_id, in the address, so that it can be cached for ever). E_NOTFOUND. */
enum err logo_load(struct ttx *, struct uuid id, struct str *png) MUST_CHECK;

#endif
