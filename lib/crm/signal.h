/* Signals: hints from elsewhere that somebody may need work done. */
#ifndef DEMAND_SIGNAL_H
#define DEMAND_SIGNAL_H

#include "lib/entity/entity.h"

extern const struct entity signal_entity;

#endif
