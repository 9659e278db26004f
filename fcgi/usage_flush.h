/* API calls are counted in shared memory and written now and then by whichever worker is about. */
#ifndef DEMAND_USAGE_FLUSH_H
#define DEMAND_USAGE_FLUSH_H

#include "fcgi/web.h"

#define USAGE_FLUSH_SECONDS 5

void usage_count(const struct app *, struct arena *, const struct tenant *);
/* Writes what has gathered when it is time, or now (a worker that ends). Needs an arena with nothing open in it. */
void usage_flush(const struct app *, struct arena *, bool now);

#endif
