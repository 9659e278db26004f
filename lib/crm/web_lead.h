/* The lead that a web form's request becomes. */
#ifndef DEMAND_WEB_LEAD_H
#define DEMAND_WEB_LEAD_H

#include "lib/entity/entity.h"

struct web_lead {
	const struct record *form;
	const struct value *fields, *attribution; /* name -> text */
	struct str consent_text;                  /* absent: nothing was agreed to, or to words that are not known */
	int64_t sent_at;
	/* set by web_lead_make */
	struct str id;        /* of the lead; absent: there was no room for one */
	const char *known_as; /* "contact", "lead"; NULL: somebody new */
};
/*
 * With what is known of the person: a request of somebody whose lead is still open is one more on that lead, and takes no place of the plan; anybody
 * else's is a new lead, on the contact they are. Whoever looks after somebody known is told by a task, an owner of the company where nobody does.
 * E_LIMIT: the plan has no room; nothing of it is written then, and the transaction can go on. It takes a savepoint.
 */
enum err web_lead_make(struct ttx *, struct web_lead *, struct errors *) MUST_CHECK;

#endif
