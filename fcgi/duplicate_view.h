/* What pages and the API say about rows that are there already. */
#ifndef DEMAND_DUPLICATE_VIEW_H
#define DEMAND_DUPLICATE_VIEW_H

#include "fcgi/web.h"
#include "lib/crm/duplicate.h"

/* Name of the button by which a person makes the row all the same. */
#define DUPLICATES_ANYWAY "create_anyway"

/* A form's new row: E_CONFLICT, with page.duplicates, when there are rows like it and nobody said "anyway". */
enum err duplicates_warn(struct context *, const struct record *) MUST_CHECK;
/* page.duplicates of a form that nothing was said about. */
void duplicates_put_none(struct context *);

/*
 * A new row by program: ?duplicates=refuse gives E_CONFLICT, with the ids and reasons in the problem document. Otherwise
 * *sent is for duplicates_link(), once the row is made.
 */
enum err duplicates_ask(struct context *, const struct record *, struct rows **sent) MUST_CHECK;
/* A Link header with rel="duplicate" for each of them. */
enum err duplicates_link(struct context *, struct rows *sent) MUST_CHECK;

/* "phone", "email"… */
void duplicates_put_reasons(unsigned reasons, struct value *list);
/* For programs: id, entity, first_id… */
void duplicates_put_pair(struct context *, const struct duplicate_pair *, struct value *map);

/* ?entity= and ?state= of this request; false with errors at them. No entity: NULL; no state: "open". */
bool duplicates_read_query(struct context *, struct duplicate_query *) MUST_CHECK;
/* The rows of the pairs, two for each; NULL where one has just gone. */
enum err duplicates_read_rows(struct context *, const struct duplicate_pair *, size_t count,
			      struct record **rows) MUST_CHECK;

#endif
