/* The saved views of one list: those a user made and those that are shared. */
#ifndef DEMAND_LIST_VIEW_H
#define DEMAND_LIST_VIEW_H

#include "lib/pg/pg.h"

#define LIST_VIEWS_MOST 50

struct list_view {
	struct uuid id;
	int64_t version;
	struct str name, query;
	bool is_shared, is_own;
};

struct rows *list_views_send(struct ttx *, const char *plural, struct uuid user);
enum err list_views_read(struct ttx *, struct rows *sent, struct list_view **out, size_t *count) MUST_CHECK;

#endif
