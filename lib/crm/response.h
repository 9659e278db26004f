/*
 * Speed to lead: when an answer is due (target minutes by urgency, counted in the hours the company is open), and when it was given. What a company
 * sets about it is one input (response_rules_entity), kept in its settings under "response".
 */
#ifndef DEMAND_CRM_RESPONSE_H
#define DEMAND_CRM_RESPONSE_H

#include "lib/entity/entity.h"

/* Opening hours by weekday, holidays, target minutes by urgency. */
extern const struct entity response_rules_entity;

/* What holds for a company: its settings (JSON) over the defaults. Never fails: what cannot be read is the default. */
struct record *response_rules(struct arena *, struct str settings);
/* Beyond what the fields say: hours are from and to, holidays are days. Errors at the fields. */
bool response_rules_check(const struct record *rules, struct errors *) MUST_CHECK;
/* Those of the company as they are stored, and how often they were; lock: to be stored again. */
enum err response_rules_read(struct ttx *, bool lock, struct record **rules, int64_t *version) MUST_CHECK;
/* Stores rules that were parsed and checked. */
enum err response_rules_store(struct ttx *, const struct record *rules, int64_t version) MUST_CHECK;

/*
 * When the answer to a lead of this urgency (absent: none was named) that came at `start` is due. zone: the company's. 0 when the company is never
 * open within a year.
 */
int64_t response_due(const struct record *rules, struct str zone, struct str urgency, int64_t start);

/* Into the change of a lead: whoever acts has answered it. kind: "call", "email", "sms" or "stage". */
void response_set(struct ttx *, const struct record *current, struct record *change, const char *kind, int64_t at);
/* The same for a stored lead, which is not new any more then. Only the first answer counts. */
enum err response_given(struct ttx *, struct uuid lead, const char *kind, int64_t at) MUST_CHECK;

#endif
