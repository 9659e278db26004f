/*
 * One request on its way: what a handler sees (the context, first) and what only dispatch, page, context and idempotency know.
 */
#ifndef DEMAND_EXCHANGE_H
#define DEMAND_EXCHANGE_H

#include "fcgi/rate.h"
#include "fcgi/web.h"

struct exchange {
	struct context context; /* first: a handler's context is its exchange's */

	bool api;      /* errors are problem documents; before the route is known, by the path */
	bool answered; /* a step has filled the answer: nothing further runs */
	bool handled;  /* the handler ran: its page is filled */
	bool shelled;  /* page_shell ran */
	bool notice;   /* the tenant is suspended or cancelled */
	bool sign_in;  /* a page that needs a session: send to the log-in */

	struct str allowed;    /* methods of this address */
	struct str slug;       /* of a tenant's host */
	struct str credential; /* as sent; absent: none */
	struct token token;    /* of the credential, when has_token */
	bool has_token;
	bool stale_session; /* the cookie's session is over: take the cookie away */
	struct str visit;   /* cookie of somebody who is not signed in; absent: none or not ours */
	bool visit_new;
	struct rate_answer rate; /* of the class of the route */
	bool rated;

	const char *code; /* of the problem; NULL: by the error */
	struct str raw_type, raw_bytes;
	bool raw;
	stream_next *next; /* NULL: no body that is made while it is sent */
	void *next_state;
	const struct stream_watch *watch; /* NULL: nobody is told */
	int64_t streamed;                 /* bytes */

	struct str idempotency_key, idempotency_actor;
	uint8_t idempotency_hash[32];
	bool replayed;
};

static inline struct exchange *exchange_of(struct context *context)
{
	return (struct exchange *)(void *)context;
}

#endif
