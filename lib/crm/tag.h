/* Tags: words a company sorts its leads and contacts by. */
#ifndef DEMAND_TAG_H
#define DEMAND_TAG_H

#include "lib/entity/entity.h"

extern const struct entity tag_entity;

#endif
