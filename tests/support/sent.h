/*
 * What the program sends to PostgreSQL, with its arguments: PQsendPrepare and PQsendQueryPrepared are wrapped by the linker. Names of libpq stay in
 * sent.c.
 */
#ifndef DEMAND_TESTS_SENT_H
#define DEMAND_TESTS_SENT_H

#include "lib/pg/pg.h"

struct sent {
	const char *sql;            /* lives as long as the program */
	struct arguments arguments; /* the tenant's id is the first, where there is one */
};

/* From now on statements are kept in the arena, and those before are forgotten. */
void sent_keep(struct arena *);
/* None are kept until the next sent_keep(); those that were, stay. */
void sent_pause(void);
size_t sent_count(void);
const struct sent *sent_at(size_t);

#endif
