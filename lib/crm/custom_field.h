/* Fields that a company adds to leads, contacts, properties and equipment; lib/entity/custom.h makes them real. */
#ifndef DEMAND_CRM_CUSTOM_FIELD_H
#define DEMAND_CRM_CUSTOM_FIELD_H

#include "lib/entity/entity.h"

extern const struct entity custom_field_entity;

#endif
