/* Properties: the places where the work is done, apart from where the invoice goes. */
#ifndef DEMAND_PROPERTY_H
#define DEMAND_PROPERTY_H

#include "lib/entity/entity.h"

extern const struct entity property_entity;

#endif
