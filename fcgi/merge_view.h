/* What pages and the API of merges share. */
#ifndef DEMAND_MERGE_VIEW_H
#define DEMAND_MERGE_VIEW_H

#include "fcgi/web.h"

#include "lib/crm/merge.h"

/* The entity whose word stands first in the address ("/leads/…", "/api/leads/…"), with the company's own fields. */
const struct entity *merge_address_entity(const struct context *);
/* A field's choice, of a body or form; errors at the field. */
void merge_read_choice(struct context *, const struct entity *, struct str field, struct str side,
		       struct merge_choice *choices, size_t *count);

/* For programs: what would be kept, moved and lost. */
void merge_put_preview(struct context *, const struct merge_preview *, struct value *map);
void merge_put(struct context *, const struct merge *, struct value *map);
/* For the comparing page. */
enum err merge_put_page(struct context *, const struct merge_preview *);
/* A line of the list of merges. */
void merge_put_row(struct context *, const struct merge *, struct value *map);
/* "Taken back. 2 records have gone elsewhere since and stay there." */
struct str merge_undone_words(struct context *, const struct merge_undone *);
/* What tells one row from others of the same name: "(512) 555-0123 · 12 Elm Street". */
struct str merge_facts(struct context *, const struct record *);

/*
 * A row that is not there: where it went, when it was merged away. A page redirects, the API says so; E_NOTFOUND stays
 * E_NOTFOUND where it went nowhere.
 */
enum err merge_forward(struct context *, const struct entity *, struct uuid gone) MUST_CHECK;
/* The merge taken back, for the page, the API and the trash. */
enum err merge_take_back(struct context *, struct uuid id, struct merge **merge, struct merge_undone *out) MUST_CHECK;

#endif
