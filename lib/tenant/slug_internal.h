/* The lists behind slug_reserved. */
#ifndef DEMAND_SLUG_INTERNAL_H
#define DEMAND_SLUG_INTERNAL_H

#include "lib/base/base.h"

extern const char *const slug_reserved_names[];
extern const size_t slug_reserved_count;
extern const char *const slug_reserved_stems[];
extern const size_t slug_reserved_stem_count;

#endif
