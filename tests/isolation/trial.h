/*
 * What the tests share that let one request go wrong at each of its points in turn: the request of each route, what it usually writes, and whether
 * the answer, the rows and the worker are as they may be afterwards.
 */
#ifndef DEMAND_ISOLATION_TRIAL_H
#define DEMAND_ISOLATION_TRIAL_H

#include "tests/isolation/fixture.h"

struct trial {
	const struct route *route;
	const char *fault; /* what goes wrong: "an error at statement" */
	size_t k;
	struct str usual;  /* what the request writes when nothing goes wrong */
	struct str answer; /* and what a read is answered with; absent: it is no read, or differs by itself */
};

/* A fixture_open with two companies: one that acts, and one that asks the worker afterwards. */
int trial_open(void **state);
size_t trial_failures(void);
/* How many reads were answered as usual though something went wrong; how many routes' answers differ by themselves, so that nothing can be compared. */
size_t trial_absorbed(void);
size_t trial_unsteady(void);
/* A valid request with what it uses up. False, and counted, without a fixture. */
bool trial_prepare(const struct trial *, struct shot *);
/* The request as it is, and what it writes; counts a failure when it is not answered as it should be. */
void trial_usual(struct trial *);
/* The first row of each handler, or of each that asks the database; what attempt makes in the web's arena goes with it. How many there were. */
size_t trial_each_handler(void (*attempt)(const struct route *, size_t turn), bool that_asks);

/* Of every table how many rows there are and which was written last: no write of anybody's goes unseen. */
struct str trial_world(void);
/* "leads +1, tenants ~": rows more or fewer, or changed. */
struct str trial_changes(struct str before, struct str after);

/* ---- judging; what is wrong is printed and counted ---- */

void trial_complain(const struct trial *, const char *format, ...) PRINTF(2, 3);
/* The usual status and, of a read, the usual answer to the last byte; or a clean 500 or 503. */
void trial_judge_answer(const struct trial *, const struct response *, int usual);
/*
 * All of it, or nothing: an answer of success stands for what is usually written, any other for nothing. A body that was broken off (status 0) had
 * begun: that somebody took it is written down before its first byte.
 */
void trial_judge_rows(const struct trial *, int status, int usual, struct str written);
/* It serves another company exactly as a worker that has seen no fault. */
void trial_judge_worker(const struct trial *);

#endif
