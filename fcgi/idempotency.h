/*
 * Idempotency-Key: a POST that is repeated within 24 hours gets the first one's answer. The key's row is inserted first in the request's own
 * transaction, so a concurrent twin waits for it and then replays; it is gone when the request fails.
 */
#ifndef DEMAND_IDEMPOTENCY_H
#define DEMAND_IDEMPOTENCY_H

#include "fcgi/exchange.h"

/* Before the handler. Sets x->answered when the answer was replayed. */
enum err idempotency_begin(struct exchange *) MUST_CHECK;
/* After the answer was rendered, before COMMIT. */
enum err idempotency_store(struct exchange *) MUST_CHECK;

#endif
