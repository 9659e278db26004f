/*
 * Between the product and libpq: statements are rewritten without the tenant_id = $1 of one table or of all, and the tables that are named are noted.
 * Only those of the roles that row level security holds. PQsendPrepare, PQsendQueryPrepared and prepared_find are wrapped by the linker.
 */
#ifndef DEMAND_ISOLATION_WALLS_TAP_H
#define DEMAND_ISOLATION_WALLS_TAP_H

#include "tests/isolation/fixture.h"

/* Of tenant_tables(); they stay the caller's. */
void walls_tables(const char *const *names);
/* From the next statement on. NULL: nothing; WALLS_ALL: of each table. */
#define WALLS_ALL "*"
void walls_strip(const char *table);
/* Predicates taken out, and statements prepared that name a table of tenants, since the start. */
size_t walls_stripped(void);
size_t walls_statements(void);
/* Predicates that were left where they should have been taken out: the first of their statements is printed. */
size_t walls_left(void);
/* Which tables the statements named that were sent since the last call; one for each of walls_tables(). */
void walls_take_named(bool *named);

#endif
