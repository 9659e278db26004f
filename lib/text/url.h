/* What an address may be. Encoding and decoding are in form.h. */
#ifndef DEMAND_URL_H
#define DEMAND_URL_H

#include "lib/base/base.h"

/* True for http:, https:, mailto:, tel: and same-site paths that begin with one '/'; no space, no control character. */
bool url_is_safe(struct str url);

#endif
