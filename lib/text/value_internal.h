/* For the readers of lib/text, which know that a key is new and whose keys are not C strings. */
#ifndef DEMAND_VALUE_INTERNAL_H
#define DEMAND_VALUE_INTERNAL_H

#include "lib/text/value.h"

/* Appends without looking for the key: a document of many members is then read in linear time. */
void value_put_new(struct value *map, struct str key, struct value *);

#endif
