/* The path of a request in two parts, so that a worker can send the answer between them. */
#ifndef DEMAND_DISPATCH_H
#define DEMAND_DISPATCH_H

#include "fcgi/web.h"

/* What is left to do once the answer is out; lives in the request's arena. */
struct aftermath {
	const struct tenant *tenant;
	const struct principal *principal;
	bool touch, count; /* record the credential's use; count an API call */
};

void dispatch_answer(const struct app *, struct arena *, const struct request *, struct response *, struct aftermath *);
/*
 * The next piece of an answer that is made while it is sent, into `out` (not of the request's arena). *more is false after the last one. Anything
 * but OK: what was sent must not look complete.
 */
enum err dispatch_piece(struct response *, struct buffer *out, bool *more) MUST_CHECK;
/* Once, behind the last piece that was made; whole: each was made and taken. */
void dispatch_end(struct response *, bool whole);
void dispatch_aftermath(const struct app *, struct arena *, const struct aftermath *);

#endif
