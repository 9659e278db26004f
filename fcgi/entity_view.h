/* What the pages of every stored entity share. */
#ifndef DEMAND_ENTITY_VIEW_H
#define DEMAND_ENTITY_VIEW_H

#include "fcgi/web.h"

struct str entity_row_path(struct context *, const struct record *, const char *suffix); /* "/leads/<id><suffix>" */
struct str entity_list_path(struct context *, const struct entity *);
/* Whether a page offers to add and change, and to delete. */
bool entity_may_write(const struct context *);
bool entity_may_delete(const struct context *);
struct str entity_title(const struct record *);
/* Whether its lists take words to look for. */
bool entity_has_search(const struct entity *);
/* A new row's values from the query of the address: "?lead_id=…". What does not fit is left out. */
void entity_prefill(struct context *, struct record *);
/* "Lead" as it stands within a sentence or behind "New". */
struct str entity_in_sentence(struct context *, const char *label);
/* call_url of the first number that can be dialled, or null. */
void entity_put_phone(struct context *, struct value *map, const struct record *);
/* What entity/form reads of a new row or of a stored one; typed NULL shows what is stored. */
void entity_form_view(struct context *, const struct record *, const struct form *typed, enum write_kind);
/* Deletes the row as the form saw it; else what entity/delete reads, with what changed since. */
enum err entity_delete_seen(struct context *, const struct record *) MUST_CHECK;
/* id, url, title, created and call_url of a row of a list. */
void entity_put_row(struct context *, struct value *row, const struct record *);

#endif
