/* Saved views: a list with its filters and order, under a name. */
#ifndef DEMAND_SAVED_VIEW_H
#define DEMAND_SAVED_VIEW_H

#include "lib/entity/entity.h"

extern const struct entity saved_view_entity;

#endif
