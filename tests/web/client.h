/*
 * A client in process: requests go through dispatch_request() against the test database, as they would in a worker.
 */
#ifndef DEMAND_TESTS_CLIENT_H
#define DEMAND_TESTS_CLIENT_H

#include "fcgi/web.h"
#include "tests/support/database.h"

struct web {
	struct arena *arena; /* lives as long as the program */
	struct config config;
	struct app app;
	struct str request_id; /* of the last request */
};

struct web_request {
	enum method method;
	struct str host, path; /* path may carry a query behind '?' */
	struct header headers[16];
	size_t header_count;
	struct str body;
	struct str csrf; /* for the caller's use */
	bool too_big;    /* as when the body was over the cap of the front */
};

struct web *web_open(void); /* fails the test when the templates or routes do not load; strict templates */
void web_close(struct web *);
/* "acme.demand.localhost" */
struct str web_host(struct web *, struct str label);
/* name in lower case; both are borrowed. */
void web_header(struct web_request *, const char *name, struct str value);
/* The answer lives in the web's arena. */
const struct response *web_send(struct web *, const struct web_request *);
/* Value of a header of an answer; absent when it has none. */
struct str web_answer_header(const struct response *, const char *name);
/* The form token of whoever this session is, read from a page. */
struct str web_csrf(struct web *, struct str slug, struct str session_token);

#endif
