/* Ways to spoil a route: a row of the table edited in place, or a step of the dispatcher that passes it by. */
#ifndef DEMAND_ISOLATION_ROUTE_MUTATIONS_H
#define DEMAND_ISOLATION_ROUTE_MUTATIONS_H

#include "fcgi/web.h"

struct route_mutation {
	const char *kind;
	/* Spoils the row; false: there is nothing of that kind to take from it. */
	bool (*spoil)(struct route *);
	/* Or: what the dispatcher leaves out for it. */
	unsigned leave_out;
	/* The condition of the matrix that is asked first; NULL: all at once. */
	const char *condition;
};
extern const struct route_mutation route_mutations[];
extern const size_t route_mutations_count;

#define LEAVE_OUT_CSRF 1u
#define LEAVE_OUT_TOKEN 2u
#define LEAVE_OUT_ORIGIN 4u
#define LEAVE_OUT_ACCESS 8u
#define LEAVE_OUT_KEY_TENANT 16u
#define LEAVE_OUT_RATE 32u
#define LEAVE_OUT_PLAN 64u
/* From now on, for that route; 0: nothing. */
void route_leave_out(const struct route *, unsigned what);

#endif
