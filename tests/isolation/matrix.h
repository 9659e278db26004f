/* The matrix: each route under each condition. A condition is one change to a valid request and the status it must have. */
#ifndef DEMAND_ISOLATION_MATRIX_H
#define DEMAND_ISOLATION_MATRIX_H

#include "tests/isolation/fixture.h"

/* Who takes part: A is never to be seen or changed, B tries, C is suspended, D has the smallest plan, E does what is allowed, T is E's twin. */
extern struct planted company_a, company_b, company_c, company_d, company_e, company_t;
void matrix_plant(void);

#define AS_VALID (-1)
#define AS_IT_IS (-2) /* the handler's business */
struct condition {
	const char *name;
	/* Changes a valid request of B; false: there is no such variant of it (0, 1…), and so no cell. */
	bool (*change)(struct shot *, size_t variant);
	int page, api, raw; /* the status wanted of each face; 0: no cell; AS_VALID: that of the valid request */
	bool as_missing;    /* and an id of A's answers as one that does not exist */
};
extern const struct condition conditions[];
extern const size_t conditions_count;

/* test_matrix_rules.c: what a route must ask for at least. NULL: no row fits. */
struct rule {
	unsigned methods; /* bits */
	const char *path; /* as for fnmatch */
	unsigned hosts;   /* the route has no other */
	enum who who;
	enum role least; /* 0: no role is asked */
	enum rate_class rate;
};
const struct rule *rule_of(const struct route *);

/* test_matrix_bodies.c */
bool matrix_foreign_input(struct shot *, size_t variant);
bool matrix_foreign_row(struct shot *, size_t variant);
/* Of one of A's rows, or one that no table has while ids_are_missing is set. */
struct str matrix_id_of_a(const char *table);

/* While it is set, conditions put an id that does not exist where they would put one of A's. */
extern bool ids_are_missing;

/* What was tried, and what was wrong with it, since matrix_forget(). */
#define CONDITIONS_MOST 64
extern struct matrix {
	bool quiet;       /* nothing is printed */
	bool hasty;       /* a route is left at the first complaint */
	const char *only; /* the only condition; NULL: all */
	size_t cells, cells_of[CONDITIONS_MOST];
	size_t leaks;    /* A's rows were seen or changed, or an id of A's did not answer as one that does not exist */
	size_t wrong;    /* another status than wanted, no fixture */
	char first[600]; /* the first complaint */
} matrix;
void matrix_forget(void);

void matrix_complain(const struct shot *, const char *condition, const char *what, bool leak);

/* For each_request(): a valid request by E, which must leave its twin alone; B's request under each condition; A's rows before and after. */
void matrix_valid(const struct route *, enum host_kind, enum credential);
void matrix_refuse(const struct route *, enum host_kind, enum credential);
void matrix_before(const struct route *);
void matrix_after(const struct route *);

#endif
