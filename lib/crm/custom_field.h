/* Fields that a company adds to leads, contacts, properties and equipment; lib/entity/custom.h makes them real. */
#ifndef DEMAND_CRM_CUSTOM_FIELD_H
#define DEMAND_CRM_CUSTOM_FIELD_H

#include "lib/entity/entity.h"

extern const struct entity custom_field_entity;

/* What forms, lists and documents read of them, with the company's snapshot: made anew from the rows. */
enum err custom_fields_publish(struct ttx *) MUST_CHECK;

#endif
