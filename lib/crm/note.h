/* Notes: what is worth remembering about a lead or a contact. */
#ifndef DEMAND_NOTE_H
#define DEMAND_NOTE_H

#include "lib/entity/entity.h"

extern const struct entity note_entity;

#endif
