/*
 * Filters of a list, one each query parameter: "status=won", "score[gte]=50", "created_at[within]=7d",
 * "owner_id[empty]=true". Several are all true at once. What stands where, by type, is one table in filter.c; the
 * page of a list, the API and its document read it through here.
 */
#ifndef DEMAND_ENTITY_FILTER_H
#define DEMAND_ENTITY_FILTER_H

#include "lib/entity/entity.h"

#define LIST_MOST_FILTERS 20
#define LIST_MOST_VALUES 50

enum list_operator {
	LIST_IS = 1,
	LIST_IN,
	LIST_NOT,
	LIST_STARTS,
	LIST_AT_LEAST,
	LIST_ABOVE,
	LIST_AT_MOST,
	LIST_BELOW,
	LIST_WITHIN,
	LIST_NEXT,
	LIST_BEFORE,
	LIST_EMPTY
};
#define LIST_OPERATORS (LIST_EMPTY + 1) /* one beyond the last */

struct list_filter {
	int field; /* index in the entity's fields */
	enum list_operator operation;
	struct str parameter, text; /* as in the address: "status[in]", "new,won" */
	struct str *values;         /* in stored form */
	size_t count;
	int64_t amount; /* of a span: 7 */
	char unit;      /* 'd' */
	bool is_day;    /* an instant's value is a whole day of the person's zone */
	bool is_me;     /* a value is "me": the user who asks */
	bool yes;       /* of LIST_EMPTY */
};

/* "gte"; "" for equality. */
const char *list_operator_word(enum list_operator);
/* "is at least", as a person reads it behind the field's label. */
const char *list_operator_label(const struct field *, enum list_operator);
/* Whether the field, were it filterable, takes the operator. */
bool list_operator_fits(const struct field *, enum list_operator);
bool list_operator_is_span(enum list_operator); /* takes "7d" */
/* "score[gte]" in its parts; false where the list has no such filter, then *field is -1 or the one that takes no such operator. */
bool list_filter_target(const struct entity *, struct str name, int *field, enum list_operator *);
/* One row of a form, field and operator chosen and a value typed, as the parameter it stands for. */
struct str list_filter_name(struct arena *, const struct field *, enum list_operator);
struct str list_filter_typed(struct arena *, const struct field *, enum list_operator, struct str typed);
/* "7 days", "New or Contacted": the value in words. A reference's value is its id, which the caller may name. */
struct str list_filter_words(struct arena *, const struct field *, const struct list_filter *);

#endif
