/* What the page and the API of bulk actions share. */
#ifndef DEMAND_BULK_H
#define DEMAND_BULK_H

#include "fcgi/web.h"

#include "lib/entity/bulk.h"

/* The body of POST /api/{plural}/bulk. */
extern const struct entity bulk_entity;

/* The entity that stands before "/bulk" in the address, with the company's own fields. */
const struct entity *bulk_address_entity(const struct context *);
/* Reads a list's query string; errors as the list tells them. */
enum err bulk_read_query(struct context *, const struct entity *, struct str query, struct list_query *out) MUST_CHECK;
/* False when the entity does not offer it to this person. */
bool bulk_find_offer(const struct context *, const struct entity *, struct str action, struct bulk_offer *out);
size_t bulk_offers_to(const struct context *, const struct entity *, struct bulk_offer out[BULK_OFFERS_MOST]);
/* How many of those that are meant are written in one go. */
int64_t bulk_at_once(int64_t count);
/* Whether the rows are lost by it, so that a reason is asked for. */
enum err bulk_loses(struct context *, const struct bulk *, bool *loses) MUST_CHECK;
/* Whether the person may take the action back; E_NOTFOUND when its list is gone. */
enum err bulk_may_undo(struct context *, struct uuid id, const struct entity **) MUST_CHECK;
/* bulk_done (words, undo_url) and bulk_undone (a sentence) for the list that a person comes back to; null elsewhere. */
enum err bulk_put_news(struct context *, const struct entity *) MUST_CHECK;

#endif
