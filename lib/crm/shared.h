/* What several entities have in common: choices, how the rows they point at are named and found, and small hooks. */
#ifndef DEMAND_CRM_SHARED_H
#define DEMAND_CRM_SHARED_H

#include "lib/entity/entity.h"

#define CARRIED (FIELD_EXPORTABLE | FIELD_IMPORTABLE)

extern const struct choice trade_choices[];
extern const struct choice task_kind_choices[];

/* What is found by typing part of a name, a phone number, an address. */
#define REFERS_BY_SEARCH(table_name, details)                                                                          \
	.type = FIELD_REFERENCE, .references = table_name, .reference_label = "name",                                  \
	.reference_condition = "deleted_at IS NULL", .reference_search = "search_text", .reference_details = details
#define REFERS_TO_LEAD REFERS_BY_SEARCH("leads", "concat_ws(' · ', company, phone, address)")
#define REFERS_TO_CONTACT REFERS_BY_SEARCH("contacts", "concat_ws(' · ', company, phone, address)")
#define REFERS_TO_PROPERTY REFERS_BY_SEARCH("properties", "concat_ws(' · ', nullif(address, name), city, zip)")
/* What a company may have hundreds of, found by its name. */
#define REFERS_BY_NAME(table_name)                                                                                     \
	.type = FIELD_REFERENCE, .references = table_name, .reference_label = "name",                                  \
	.reference_condition = "deleted_at IS NULL", .reference_search = "lower(name)"
/* The plan limits the users: a select is enough. */
#define REFERS_TO_USER                                                                                                 \
	.type = FIELD_REFERENCE, .references = "tenant_users", .reference_label = "coalesce(name, email)",             \
	.reference_condition = "is_active"

/* The field is written in this statement: on create always, on update when the client sent it. */
bool crm_is_given(const struct record *, enum write_kind, const char *field);
/* "phone_e164" from "phone". */
void crm_normalise_phone(struct ttx *, enum write_kind, struct record *);
/* "sms_consent_at" says since when "sms_consent" holds. */
void crm_date_consent(struct ttx *, enum write_kind, struct record *);
/* A new row belongs to the person who makes it where nobody else was named. */
void crm_fill_actor(struct ttx *, enum write_kind, struct record *, const char *field);
/* A new row's time is now where none was given. */
void crm_fill_now(struct ttx *, enum write_kind, struct record *, const char *field);
/* "Heat pump" for "heat_pump". */
const char *crm_choice_label(const struct record *, const char *field);
/*
 * A name made from other fields, where nobody typed one: it follows them until somebody does. `make` gives STR_NONE
 * when there is nothing to make it from.
 */
void crm_fill_name(struct ttx *, struct record *, const char *field,
		   struct str (*make)(struct arena *, const struct record *));

#endif
