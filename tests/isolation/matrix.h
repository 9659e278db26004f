/* The matrix: each route under each condition. A condition is one change to a valid request and the status it must have. */
#ifndef DEMAND_ISOLATION_MATRIX_H
#define DEMAND_ISOLATION_MATRIX_H

#include "tests/isolation/fixture.h"

/* Who takes part: A is never to be seen or changed, B tries, C is suspended, D has the smallest plan. */
extern struct planted company_a, company_b, company_c, company_d;

#define AS_VALID (-1)
struct condition {
	const char *name;
	/* Changes a valid request of B; false: there is no such variant of it (0, 1…), and so no cell. */
	bool (*change)(struct shot *, size_t variant);
	int page, api, raw; /* the status wanted of each face; 0: no cell; AS_VALID: that of the valid request */
	bool as_missing;    /* and an id of A's answers as one that does not exist */
	bool rarely;        /* there may be no cell at all: no route asks for it yet */
};
extern const struct condition conditions[];
extern const size_t conditions_count;

/* While it is set, conditions put an id that does not exist where they would put one of A's. */
extern bool ids_are_missing;

#endif
