/* What an address may be, and the bytes behind percent escapes. What callers outside lib/text need is in form.h. */
#ifndef DEMAND_URL_H
#define DEMAND_URL_H

#include "lib/base/arena.h"

/* True for http:, https:, mailto:, tel: and same-site paths that begin with one '/'; no space, no control character. */
bool url_is_safe(struct str url);
/* Bytes of any kind: the caller judges them. False on a broken escape. */
bool url_unescape(struct arena *, struct str text, bool plus_is_space, struct str *out) MUST_CHECK;

#endif
