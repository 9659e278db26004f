/* Equipment: the machines at a property, with what a warranty claim asks for. */
#ifndef DEMAND_EQUIPMENT_H
#define DEMAND_EQUIPMENT_H

#include "lib/entity/entity.h"

extern const struct entity equipment_entity;

#endif
