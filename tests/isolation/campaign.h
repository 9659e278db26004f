/* What the programs of the campaign share: counting what was killed, and taking a sample that can be taken again. */
#ifndef DEMAND_ISOLATION_CAMPAIGN_H
#define DEMAND_ISOLATION_CAMPAIGN_H

#include "lib/base/buffer.h"

/*
 * What a program of the campaign was told: sample 0 is all. ("sample=40 seed=7".) Anything else ends the program.
 */
struct campaign {
	size_t sample;
	uint64_t seed;
};
void campaign_read(int argc, char **argv, struct campaign *);
/* Numbers from 0 to count - 1 in an order of the seed's. */
size_t *campaign_order(const struct campaign *, struct arena *, size_t count);

/* One row for each kind of mutant, in the order of their coming. */
struct score;
struct score *score_new(struct arena *, const char *what);
/* why: who killed it, or how it survived. A survivor is named at once. */
void score_add(struct score *, const char *kind, const char *name, bool killed, const char *why);
/* "ok - KIND: 12/12 killed" for each kind and the figure of all; false when something survived or nothing was tried. */
bool score_print(const struct score *);

#endif
