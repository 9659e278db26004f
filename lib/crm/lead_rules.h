/* What happens to a lead when it is written: the hooks of lead_entity. */
#ifndef DEMAND_CRM_LEAD_RULES_H
#define DEMAND_CRM_LEAD_RULES_H

#include "lib/entity/entity.h"

/*
 * The phone's international form, the consent's time, status and stage in agreement (pipeline.h), the score with its reasons, and until the lead
 * was answered when the answer is due. A lead takes a place of the plan's limit, gives it back in the trash, and takes it again when it is restored.
 */
enum err lead_before_write(struct ttx *, enum write_kind, struct record *, struct errors *);
/* The move between stages is recorded, and what ends with the lead ends: its cadences. */
enum err lead_after_write(struct ttx *, enum write_kind, const struct record *);

/* The same for many rows at once. */
enum err lead_before_write_many(struct ttx *, enum write_kind, struct write *, size_t count);
enum err lead_after_write_many(struct ttx *, enum write_kind, struct write *, size_t count);

#endif
