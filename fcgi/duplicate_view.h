/* What pages and the API say about rows that are there already. */
#ifndef DEMAND_DUPLICATE_VIEW_H
#define DEMAND_DUPLICATE_VIEW_H

#include "fcgi/web.h"
#include "lib/crm/duplicate.h"

/* Name of the button by which a person makes the row all the same. */
#define DUPLICATES_ANYWAY "create_anyway"

/* And by which it is made for a contact, whose id is the value. */
#define DUPLICATES_FOR_CONTACT "for_contact"

/*
 * A form's new row: E_CONFLICT, with page.duplicates and page.known, when there are rows like it or contacts that it may be about, and nobody said
 * "anyway". Named a contact, it is put into the record.
 */
enum err duplicates_warn(struct context *, struct record *) MUST_CHECK;
/* What a form reads that nothing was said about. */
void duplicates_put_none(struct context *);

struct duplicates_asked {
	struct rows *alike, *contacts;
};
/*
 * A new row by program: ?duplicates=refuse gives E_CONFLICT, with the ids and reasons in the problem document, for rows like it. Otherwise
 * *asked is for duplicates_link(), once the row is made.
 */
enum err duplicates_ask(struct context *, const struct record *, struct duplicates_asked *) MUST_CHECK;
/* A Link header with rel="duplicate" for each of them, and rel="contact" for who it may be. */
enum err duplicates_link(struct context *, const struct duplicates_asked *) MUST_CHECK;

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
