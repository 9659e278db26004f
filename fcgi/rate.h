/*
 * How often somebody may come: token buckets in the shared memory, one for each (class, key).
 *
 * A bucket is one 64-bit number, the instant at which it would be full again (the generic cell rate algorithm), changed by compare and
 * swap. So there is no lock that a killed worker could keep. When the table is crowded the fullest bucket gives way.
 */
#ifndef DEMAND_RATE_H
#define DEMAND_RATE_H

#include "fcgi/shared.h"
#include "fcgi/web.h"

/* Beside the classes of routes (enum rate_class). */
enum rate_more {
	RATE_ACCOUNT = RATE_SIGNUP + 1, /* log-ins for one account, wherever they come from */
	RATE_TENANT,                    /* everything that a tenant's people and programs do together */
	RATE_FORM,                      /* what strangers send from one address */
	RATE_FORMS,                     /* and to one company */
	RATE_REFUSED,                   /* bad credentials from one address: guessing */
	RATE_END
};

struct rate_answer {
	bool allowed;
	int64_t quota, window; /* so many in so many seconds */
	int64_t remaining;     /* may come at once */
	int64_t reset;         /* seconds until the bucket is full again */
	int64_t wait;          /* seconds until one more may come, when not allowed; else 0 */
};

/* Takes one, or only looks. RATE_FREE is always allowed. */
struct rate_answer rate_ask(struct shared *, unsigned class, struct str key, bool take);
/* The same in short: false with the seconds to wait. */
bool rate_take(struct shared *, unsigned class, struct str key, int64_t *wait) MUST_CHECK;
/* One account is guessed at from many addresses: its own bucket, by tenant and address of the account. E_RATE. */
enum err rate_account(struct context *, struct str email) MUST_CHECK;
const char *rate_name(unsigned class);
/* Who an address stands for: all of IPv4, the first 64 bits of IPv6. */
struct str rate_address_key(struct arena *, struct str address);

/* For shared.c. scale in percent of the table's numbers. */
size_t rate_table_bytes(void);
void rate_table_start(struct rate_table *, int64_t scale);

#endif
