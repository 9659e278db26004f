/* What is done to an answer beyond web.h: taking headers back, reading them. */
#ifndef DEMAND_RESPONSE_H
#define DEMAND_RESPONSE_H

#include "fcgi/web.h"

struct response response_in(struct arena *);
/* Takes out every header of that name (any case). */
void response_drop(struct response *, const char *name);
/* The first value of that name (any case); absent when there is none. */
struct str response_get(const struct response *, const char *name);
/* "Not Found" */
const char *response_reason(int status);

#endif
