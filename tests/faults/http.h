/*
 * Many requests at once to one company of a stack that is up, over TLS and HTTP/1.1, each on a connection of its own while it lasts.
 *
 * From the environment: FAULTS_ORIGIN (https://company.domain:port), FAULTS_KEY (its API key), FAULTS_CA (the authority's file).
 */
#ifndef DEMAND_TESTS_FAULTS_HTTP_H
#define DEMAND_TESTS_FAULTS_HTTP_H

#include "lib/base/base.h"

struct http;

struct answer {
	int status;       /* 0: none came, or not the whole of it */
	bool retry_after; /* it says when to come again */
	bool replayed;    /* the first answer again */
	bool problem;     /* a problem document */
	const char *body; /* NUL-terminated; as long as the callback runs */
};

struct call {
	const char *path; /* a GET, or with a body a POST of JSON */
	const char *body, *idempotency_key;
	bool repeatable; /* a write that may be sent once more, by its key */
	void (*done)(void *context, struct call *, const struct answer *);
	void *context;
	size_t number;     /* the caller's */
	int64_t scheduled; /* the caller's */
};

/*
 * At most so many at the same time: two fifths of them from each of 127.0.0.1 and 127.0.0.2, a fifth from 127.0.0.3. Ends the program with a complaint when
 * something is missing.
 */
struct http *http_new(size_t most);
void http_free(struct http *);
bool http_full(const struct http *);
size_t http_busy(const struct http *);
/* The call and what it points to live until it is done. Not when full. */
void http_start(struct http *, struct call *);
/* Moves everything on, waits up to so long for something to happen, and calls done() for what is. */
void http_wait(struct http *, int milliseconds);
/* Says why on stderr and ends the program with code 2. */
NORETURN void http_fail(const char *format, ...) PRINTF(1, 2);

#endif
