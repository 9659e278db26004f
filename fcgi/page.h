/* What pages have beyond the data: the shell around them, and values made for eyes. */
#ifndef DEMAND_PAGE_H
#define DEMAND_PAGE_H

#include "fcgi/web.h"

/*
 * Fills context->page with everything the layouts read (docs/front-end.md): static_version, title, csrf, navigation, tenant, user, trial, flash, errors.
 * Called by dispatch before the handler, so that a handler may put its own title; page_errors() afterwards, once the errors are known.
 */
void page_shell(struct context *);
void page_errors(struct context *);
/* Puts name_at (RFC 3339 or null) and name (in words, in the tenant's time zone; "" when 0). */
void page_put_time(struct context *, struct value *map, const char *name, int64_t instant);
void page_put_time_text(struct context *, struct value *map, const char *name, struct str rfc3339);
/* "12,400" */
struct str page_number(struct arena *, int64_t);
/* A row of the list page: url, title and cells. */
struct value *page_row(struct context *, const struct record *);

#endif
