/* Contacts: people the company works for, once a lead has become a job and before. */
#ifndef DEMAND_CONTACT_H
#define DEMAND_CONTACT_H

#include "lib/entity/entity.h"

extern const struct entity contact_entity;

#endif
