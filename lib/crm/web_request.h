/*
 * What people send by a web form (web_form.h): a lead, on the contact they are already where there is one, with the words they agreed to and the
 * advertisement they came by. Nothing is lost: what finds no room in the plan waits until there is some.
 */
#ifndef DEMAND_WEB_REQUEST_H
#define DEMAND_WEB_REQUEST_H

#include "lib/entity/entity.h"

/* Where a visitor came from: carried by the form in inputs of these names. Ended by NULL. */
extern const char *const web_request_attributions[];
#define WEB_REQUEST_REFERRER "referrer"
#define WEB_REQUEST_CONSENT "consent"
/* An input that people do not see. Who fills it in is a program: it is thanked, and nothing is kept. */
#define WEB_REQUEST_TRAP "homepage"

/* What the form asks for, as an input of its own; in the arena. `form` is a record of web_form_entity. */
const struct entity *web_request_input(struct arena *, const struct record *form);

struct web_request {
	const struct record *form, *sent; /* sent: of web_request_input, parsed */
	struct value *attribution;        /* name -> text */
	struct str consent; /* the name of the words that were ticked (web_consent.h); absent: no box was */
	struct str address, user_agent;
	bool own_page; /* it was sent from our own page, which can be shown again */
	bool closed;   /* the workspace takes no changes now: it waits */
};
/*
 * The input from what a stranger's form carries: names that are not asked for are passed over. E_INVALID with errors at the fields, also when neither a
 * phone number nor an e-mail address is given. *out is the record of the input in either case.
 */
enum err web_request_read(struct arena *, const struct record *form, const struct form *typed, struct errors *,
			  struct record **out) MUST_CHECK;
/* What was typed, to be shown again: a box that was ticked beside other words than today's is not ticked. */
struct form web_request_again(struct arena *, const struct record *form, const struct form *typed);
/*
 * In a transaction of its own. The same once more within ten minutes is a second click, and changes nothing. A consent to words that the form never had
 * is none: E_INVALID where the form can be shown with today's words; otherwise the request is taken, and says so.
 */
enum err web_request_take(struct ttx *, const struct web_request *, struct errors *) MUST_CHECK;

/* Those that wait, the oldest first: at most 50 become leads, as far as there is room. */
enum err web_request_take_held(struct ttx *, const struct record *form, int64_t *taken) MUST_CHECK;
enum err web_request_count_held(struct ttx *, struct uuid form, int64_t *count) MUST_CHECK;
/* Those of the ids that wait go for good, without a lead; ids as "{…}". */
enum err web_request_discard(struct ttx *, struct uuid form, struct str ids, int64_t *discarded) MUST_CHECK;

/* ---- what was sent ---- */

struct web_request_row {
	struct uuid id, lead_id; /* lead_id zero: it waits */
	struct str state, known_as, name, fields, attribution, consent_text, address,
		user_agent; /* fields, attribution: JSON */
	int64_t created_at;
};
#define WEB_REQUESTS_MOST 100
struct web_request_query {
	struct uuid form, before; /* before: those older than that one; zero for the newest */
	bool held;                /* only those that wait */
	int64_t limit;
};
/* The newest first. */
enum err web_request_list(struct ttx *, const struct web_request_query *, struct web_request_row **rows,
			  size_t *count) MUST_CHECK;

#endif
