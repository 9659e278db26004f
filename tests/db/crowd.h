/* One company with many leads among others, in a database of its own that is made anew. */
#ifndef DEMAND_TEST_CROWD_H
#define DEMAND_TEST_CROWD_H

#include "tests/support/database.h"

struct crowd {
	struct uuid tenant;
	int64_t leads, others; /* of the others together */
	bool full;             /* these are 100,000 and 1,000,000 */
};

/*
 * A million rows of others where DEMAND_CAMPAIGN is "full", else a fortieth of that. From here on every connection of the program goes to that
 * database. DEMAND_TEST_INDEX: an index to drop when all is built, to see what then reads more.
 */
struct crowd crowd_create(struct arena *);

#endif
