/* Imports as pages and the API show them. */
#ifndef DEMAND_IMPORT_VIEW_H
#define DEMAND_IMPORT_VIEW_H

#include "fcgi/web.h"
#include "lib/crm/import.h"

/* What the API gives of one. */
void import_put(struct context *, const struct import *, struct value *map);
/* The same in words, for a page: what it is doing, and what may be done with it. */
void import_put_page(struct context *, const struct import *, struct value *map);
/* A draft's columns with the targets to choose from, its options, and its first rows with their problems. */
enum err import_put_draft(struct context *, struct import *) MUST_CHECK;
/* "room": for how many new records the plan has it; null: no limit. */
enum err import_put_room(struct context *, const struct import *, struct value *map) MUST_CHECK;
/* The fields that a column of a draft may fill, for the API. */
void import_put_targets(struct context *, const struct import *, struct value *list);
/* The rows of a preview, for the API. */
enum err import_put_preview(struct context *, struct import *, struct value *list) MUST_CHECK;

#endif
