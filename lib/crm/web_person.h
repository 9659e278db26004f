/* Who sends a web form: somebody new, a contact, or somebody who was a lead already. */
#ifndef DEMAND_WEB_PERSON_H
#define DEMAND_WEB_PERSON_H

#include "lib/entity/entity.h"

struct web_person {
	const char *as;      /* "contact", "lead"; NULL: somebody new */
	struct str contact;  /* id; absent: there is none */
	struct str name;     /* of the contact, else of the lead */
	struct str owner;    /* who looks after them; may have left */
	struct record *open; /* their newest lead that is not won or lost, held until the commit; NULL: there is none */
	struct record *closed; /* without an open one and a contact: their newest lead, held too; NULL: none */
};
/* By phone number and e-mail address. `lead` is the one that the request would become; it need not be stored. */
enum err web_person_find(struct ttx *, const struct record *lead, struct web_person *) MUST_CHECK;

/* The first of the two who is still active; absent: neither. */
enum err web_person_active(struct ttx *, struct str first, struct str second, struct str *out) MUST_CHECK;
/* The same, or an owner of the company: somebody has to be told. */
enum err web_person_to_tell(struct ttx *, struct str first, struct str second, struct str *out) MUST_CHECK;

#endif
