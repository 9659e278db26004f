/* Amounts: integer cents as text, and how people write them. */
#ifndef DEMAND_MONEY_H
#define DEMAND_MONEY_H

#include "lib/base/arena.h"

struct str money_text(struct arena *, struct str cents);  /* "1250.50", for an input */
struct str money_label(struct arena *, struct str cents); /* "$1,250.50", to be read */
/* "$1,250.50", "1250", ".5"; false with a sentence for the person. */
bool money_parse(struct str typed, int64_t *cents, const char **complaint) MUST_CHECK;

#endif
