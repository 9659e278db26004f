/*
 * A lead becomes a customer: a contact, and where it has an address a property. The lead stays what it is, with its history, and shows up on the
 * contact's timeline.
 */
#ifndef DEMAND_CONVERT_H
#define DEMAND_CONVERT_H

#include "lib/entity/entity.h"

/* What is asked for: the contact (absent: a new one), and whether the address becomes a property. */
extern const struct entity convert_entity;

struct convert_offer {
	struct record *contact;
	const char *why; /* "same phone", "same e-mail", "this lead's contact" */
};
#define CONVERT_OFFERS 6
/* Contacts that may be the same person, the likeliest first. */
enum err convert_offers(struct ttx *, const struct record *lead, struct convert_offer out[CONVERT_OFFERS],
			size_t *count) MUST_CHECK;

struct converted {
	struct uuid contact_id, property_id; /* property: zero where there is none */
	bool already;                        /* it was converted before: this says where it went */
};
/* `lead` came from entity_get; input is a record of convert_entity. */
enum err convert_lead(struct ttx *, const struct record *lead, const struct record *input, struct errors *,
		      struct converted *out) MUST_CHECK;
/* A contact made of the lead, which belongs to it from then on: somebody we know, who need be no customer. `lead` came from entity_get. */
enum err convert_make_contact(struct ttx *, const struct record *lead, struct errors *,
			      struct uuid *contact) MUST_CHECK;
/* Whether it is a customer already; then *out says which. */
bool convert_done(struct ttx *, const struct record *lead, struct converted *out, enum err *) MUST_CHECK;

#endif
