/* Timelines and histories as JSON shows them and as pages do. */
#ifndef DEMAND_TIMELINE_VIEW_H
#define DEMAND_TIMELINE_VIEW_H

#include "fcgi/web.h"

#include "lib/crm/timeline.h"

/* ?cursor= of this request; false with an error when it is none. */
bool timeline_place(struct context *, struct history_place *out) MUST_CHECK;
/*
 * The entries as maps (docs/front-end.md, "An entry of a timeline"); those for pages have more than those for JSON. What is pinned goes into a list of
 * its own where one is given, and not into the other.
 */
struct timeline_lists {
	struct value *entries;
	struct value *pinned; /* or NULL */
	bool for_page;
};
/* *next is where the next page begins, absent on the last. */
enum err timeline_put(struct context *, const struct record *row, const struct timeline_show *,
		      const struct history_place *, const struct timeline_lists *, struct str *next) MUST_CHECK;
enum err history_put(struct context *, const struct entity *, struct uuid row, const struct history_place *,
		     struct value *list, struct str *next) MUST_CHECK;
/* The changes of one row of the history: "field", "label", "from", "to" as people read them. Labels of references must have been read. */
void changes_put(struct arena *, const struct history_change *, size_t count, struct value *list);

/* The timeline of a detail page: page.timeline, chips, earlier_url… */
enum err timeline_page_put(struct context *, const struct record *) MUST_CHECK;
/* Leads and contacts. */
bool has_quick_actions(const struct entity *);
/* What is written down in a moment from there: page.has_quick, outcomes, activities_url… */
void quick_actions_put(struct context *, const struct record *);
/* How a call went, each a tap: "value", "label". */
void quick_outcomes_put(struct value *list);

#endif
