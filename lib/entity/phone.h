/* North American and international phone numbers to E.164 (ITU-T): "+15125550123". No country code means +1. */
#ifndef DEMAND_PHONE_H
#define DEMAND_PHONE_H

#include "lib/base/arena.h"

/*
 * True when it holds what phone numbers are written with and nothing else; an extension ("x12", "ext. 12") may
 * follow.
 */
bool phone_shape(struct str typed);
/* Absent when it cannot be one. Extensions ("x12") are dropped. */
struct str phone_e164(struct arena *, struct str typed);
/* Digits only, without the extension, for search. */
struct str phone_digits(struct arena *, struct str typed);
/* "(512) 555-0123 x12", as it is written inside North America; absent for other numbers. */
struct str phone_national(struct arena *, struct str typed);
/* "tel:+15125550123", or the digits as typed where there is no E.164 form; never the extension. For value_put_url. */
struct str phone_tel_url(struct arena *, struct str typed);

#endif
