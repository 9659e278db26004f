/*
 * A tenant table for the tests of lib/pg, in a schema of its own: things.thing, with a unique name, a parent, and a check that refuses the
 * name 'forbidden'. Two tenants, A and B; both may hold the same ids.
 */
#ifndef DEMAND_TESTS_THINGS_H
#define DEMAND_TESTS_THINGS_H

#include "tests/support/database.h"

extern struct scope things_a, things_b;

/* Makes the table anew, empty. */
void things_setup(void);

extern const struct statement thing_add;     /* $2 id, $3 name */
extern const struct statement thing_count;   /* of the tenant: count, and whether a row of another tenant was seen */
extern const struct statement thing_divide;  /* 1 / $2: an error for 0 */
extern const struct statement thing_backend; /* the backend's pid */

/* How many rows the scope's tenant has, in a transaction of its own; stops the test when a foreign one is seen. */
int64_t things_of(struct pg *, const struct scope *);
/* Adds one in a transaction of its own. */
enum err things_add(struct pg *, const struct scope *, int64_t id, const char *name);
int64_t things_backend(struct pg *);

/* Ends a backend and waits until it is gone. */
void things_terminate(int64_t backend);
/*
 * Starts a process that waits until a backend runs a statement that begins with the given words, and then calls the function
 * (pg_cancel_backend, pg_terminate_backend) on it. Wait for its end with things_later_done().
 */
void things_later(const char *function, const char *statement);
void things_later_done(void);
/* A connection is renewed once a second only. */
void things_wait_for_reconnect(void);

#endif
