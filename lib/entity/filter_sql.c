/* Filters as conditions. Every comparison is one that an index serves under row level security (docs/database.md). */
#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"

struct condition {
	struct sql *sql;
	const struct entity *entity;
	const struct field *field;
	const struct list_filter *filter;
};

static void add_comparison(struct condition *in, const char *comparison, struct argument argument)
{
	sql_add_field(in->sql, in->field);
	sql_add(in->sql, comparison);
	sql_argument(in->sql, argument);
}

/*
 * A decimal exists only among a company's own fields. As jsonb it compares by value and never fails, whatever an older
 * definition left there.
 */
static void add_decimal(struct condition *in, const char *comparison)
{
	sql_add(in->sql, "(jsonb_typeof(custom->");
	sql_argument(in->sql, arg_text(custom_key(in->field)));
	sql_add(in->sql, ") = 'number' AND custom->");
	sql_argument(in->sql, arg_text(custom_key(in->field)));
	sql_add(in->sql, comparison);
	sql_argument(in->sql, arg_str(in->filter->values[0]));
	sql_add(in->sql, "::jsonb)");
}

/* As the column takes it: a moment, or the day that it lies on for the person. */
static struct argument moment(struct condition *in, int64_t at)
{
	return in->field->type == FIELD_DATE ? arg_str(local_day(in->sql->arena, at)) : arg_instant(in->sql->arena, at);
}

/* A day of the person's zone: from its first moment up to the next day's. */
static void add_day(struct condition *in)
{
	static const struct {
		const char *comparison;
		bool next_day;
	} edges[LIST_OPERATORS] = {
		[LIST_AT_LEAST] = {" >= ", false},
		[LIST_BELOW] = {" < ", false},
		[LIST_ABOVE] = {" >= ", true},
		[LIST_AT_MOST] = {" < ", true},
	};
	enum list_operator operation = in->filter->operation;
	int64_t start = 0, end = 0;
	bool read =
		local_day_start(in->filter->values[0], 0, &start) && local_day_start(in->filter->values[0], 1, &end);

	(void)read; /* list_filter_read took it for a day */
	if (operation != LIST_IS) {
		add_comparison(in, edges[operation].comparison, moment(in, edges[operation].next_day ? end : start));
		return;
	}
	sql_add(in->sql, "(");
	add_comparison(in, " >= ", moment(in, start));
	sql_add(in->sql, " AND ");
	add_comparison(in, " < ", moment(in, end));
	sql_add(in->sql, ")");
}

/* The value as the column takes it; "me" is the id of the user who asks. */
static struct str stored(struct condition *in, struct str value)
{
	if (in->filter->is_me && str_is(value, "me"))
		return uuid_text(in->sql->arena, in->sql->me);
	if (in->field->type == FIELD_BOOL && field_is(in->field, FIELD_CUSTOM))
		return str_is(value, "t") ? STR("true") : STR("false");
	return value;
}

static void add_one(struct condition *in)
{
	static const char *const comparisons[LIST_OPERATORS] = {
		[LIST_IS] = " = ",    [LIST_IN] = " = ",       [LIST_AT_LEAST] = " >= ",
		[LIST_ABOVE] = " > ", [LIST_AT_MOST] = " <= ", [LIST_BELOW] = " < ",
	};

	if (in->filter->is_day)
		add_day(in);
	else if (in->field->type == FIELD_NUMBER && list_operator_is_range(in->filter->operation))
		add_decimal(in, comparisons[in->filter->operation]);
	else
		add_comparison(in, comparisons[in->filter->operation], arg_str(stored(in, in->filter->values[0])));
}

/* One statement serves any number of values. */
static struct argument array_of(struct condition *in)
{
	struct str *values = arena_array(in->sql->arena, in->filter->count, sizeof *values);

	for (size_t i = 0; i < in->filter->count; i++)
		values[i] = stored(in, in->filter->values[i]);
	return arg_array(in->sql->arena, values, in->filter->count);
}

static void add_many(struct condition *in)
{
	bool none = in->filter->operation == LIST_NOT, nullable = none && !field_is_always_there(in->field);

	/* Equality leaves the rows of an index in its further order, which a list of values does not. */
	if (!none && in->filter->count == 1) {
		add_one(in);
		return;
	}
	if (nullable) {
		sql_add(in->sql, "(");
		sql_add_field(in->sql, in->field);
		sql_add(in->sql, " IS NULL OR ");
	}
	add_comparison(in, none ? " <> ALL(" : " = ANY(", array_of(in));
	sql_add(in->sql, nullable ? "))" : ")");
}

static void add_prefix(struct condition *in)
{
	struct arena *arena = in->sql->arena;
	struct str pattern = like_escaped(arena, in->filter->values[0]);

	/* No index by order serves LIKE in every collation; the one of the search holds the same text in lower case. */
	if (field_is(in->field, FIELD_SEARCHABLE) && utf8_length(in->filter->values[0]) >= 3) {
		sql_add(in->sql, "search_text LIKE ");
		sql_argument(in->sql,
			     arg_str(arena_printf(arena, "%%%.*s%%", STR_FMT_ARG(search_lower(arena, pattern)))));
		sql_add(in->sql, " AND ");
	}
	add_comparison(in, " LIKE ", arg_str(arena_printf(arena, "%.*s%%", STR_FMT_ARG(pattern))));
}

/* From now so far back or ahead. */
static void add_span(struct condition *in)
{
	const struct list_filter *filter = in->filter;
	int64_t now = clock_now();
	int64_t other =
		local_shift(now, filter->operation == LIST_NEXT ? filter->amount : -filter->amount, filter->unit);

	if (filter->operation == LIST_BEFORE) {
		add_comparison(in, " < ", moment(in, other));
		return;
	}
	sql_add(in->sql, "(");
	add_comparison(in, " >= ", moment(in, filter->operation == LIST_NEXT ? now : other));
	sql_add(in->sql, " AND ");
	add_comparison(in, " <= ", moment(in, filter->operation == LIST_NEXT ? other : now));
	sql_add(in->sql, ")");
}

static void add_empty(struct condition *in)
{
	sql_add_field(in->sql, in->field);
	sql_add(in->sql, in->filter->yes ? " IS NULL" : " IS NOT NULL");
}

/* Rows that have one of the tags, none of them, or any tag at all. */
static void add_tags(struct condition *in)
{
	enum list_operator operation = in->filter->operation;
	bool none = operation == LIST_NOT || (operation == LIST_EMPTY && in->filter->yes);

	sql_add(in->sql, none ? "NOT EXISTS (SELECT 1 FROM " : "EXISTS (SELECT 1 FROM ");
	sql_add(in->sql, in->entity->tags_table);
	sql_add(in->sql,
		" j JOIN tags t ON t.tenant_id = $1 AND t.id = j.tag_id WHERE j.tenant_id = $1 AND j.row_id = ");
	sql_add(in->sql, in->entity->table);
	sql_add(in->sql, ".id AND t.deleted_at IS NULL");
	if (operation != LIST_EMPTY) {
		sql_add(in->sql, " AND t.name = ANY(");
		sql_argument(in->sql, array_of(in));
		sql_add(in->sql, ")");
	}
	sql_add(in->sql, ")");
}

void sql_add_filter(struct sql *sql, const struct entity *entity, const struct list_filter *filter)
{
	static void (*const add[LIST_OPERATORS])(struct condition *) = {
		[LIST_IS] = add_one,       [LIST_IN] = add_many,   [LIST_NOT] = add_many,    [LIST_STARTS] = add_prefix,
		[LIST_AT_LEAST] = add_one, [LIST_ABOVE] = add_one, [LIST_AT_MOST] = add_one, [LIST_BELOW] = add_one,
		[LIST_WITHIN] = add_span,  [LIST_NEXT] = add_span, [LIST_BEFORE] = add_span, [LIST_EMPTY] = add_empty,
	};
	struct condition in = {sql, entity, &entity->fields[filter->field], filter};

	sql_add(sql, " AND ");
	if (in.field->type == FIELD_TAGS)
		add_tags(&in);
	else
		add[filter->operation](&in);
}
