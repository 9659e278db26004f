/* Lists: query parameters to one keyset statement. */
#include <inttypes.h>

#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/pg/scope.h"

/* ---- parameters ---- */

struct parse {
	struct arena *arena;
	const struct entity *entity;
	struct list_query *query;
	struct errors *errors;
};

static void take_limit(struct parse *parse, struct str text)
{
	int64_t limit;

	if (!str_to_int64(text, &limit) || limit < 1 || limit > LIST_MOST_LIMIT)
		errors_add(parse->errors, "limit", "out_of_range", "limit must be a whole number from 1 to %d.",
			   LIST_MOST_LIMIT);
	else
		parse->query->limit = limit;
}

static void take_cursor(struct parse *parse, struct str text)
{
	parse->query->cursor = text;
}

/* "name" or "-name"; false when the field is not sortable. */
static bool read_sort(const struct entity *entity, struct str text, struct list_query *query)
{
	bool descending = str_starts(text, STR("-"));
	int field = entity_field(entity, descending ? (struct str){text.p + 1, text.n - 1} : text);

	if (field < 0 || !field_is(&entity->fields[field], FIELD_SORTABLE))
		return false;
	query->sort_field = field;
	query->descending = descending;
	return true;
}

static void take_sort(struct parse *parse, struct str text)
{
	struct buffer names = BUFFER_IN(parse->arena);

	if (read_sort(parse->entity, text, parse->query))
		return;
	for (size_t i = 0; i < parse->entity->field_count; i++)
		if (field_is(&parse->entity->fields[i], FIELD_SORTABLE))
			buffer_printf(&names, "%s%s", names.length ? ", " : "", parse->entity->fields[i].name);
	errors_add(parse->errors, "sort", "not_a_choice",
		   "sort must be one of %.*s, with - in front for the largest first.", STR_FMT_ARG(buffer_str(&names)));
}

static void take_search(struct parse *parse, struct str text)
{
	struct str trimmed = str_trim(text);

	if (!entity_is_searchable(parse->entity))
		errors_add(parse->errors, "q", "unknown_field", "There is no parameter of this name.");
	else if (utf8_length(trimmed) > LIST_MOST_SEARCH_LENGTH)
		errors_add(parse->errors, "q", "too_long", "q can have at most %d characters.",
			   LIST_MOST_SEARCH_LENGTH);
	else if (utf8_has_control(trimmed))
		errors_add(parse->errors, "q", "control_character", "q holds a character that cannot be searched for.");
	else if (trimmed.n)
		parse->query->q = trimmed;
}

static const struct {
	const char *name;
	void (*take)(struct parse *, struct str text);
} parameters[] = {{"limit", take_limit}, {"cursor", take_cursor}, {"sort", take_sort}, {"q", take_search}};

static void take_filter(struct parse *parse, const struct form_field *sent)
{
	struct list_query *query = parse->query;

	if (query->filter_count == LIST_MOST_FILTERS)
		errors_add(parse->errors, arena_c_string(parse->arena, utf8_prefix(sent->name, 64)), "too_many",
			   "A list takes at most %d filters.", LIST_MOST_FILTERS);
	else if (list_filter_read(parse->arena, parse->entity, sent, &query->filters[query->filter_count],
				  parse->errors))
		query->filter_count++;
}

static void take_parameter(struct parse *parse, const struct form_field *sent)
{
	for (size_t i = 0; i < COUNT_OF(parameters); i++)
		if (str_is(sent->name, parameters[i].name)) {
			parameters[i].take(parse, sent->text);
			return;
		}
	take_filter(parse, sent);
}

static bool is_repeated(const struct form *form, const struct form_field *sent)
{
	for (const struct form_field *other = form->first; other && other != sent; other = other->next)
		if (str_equal(other->name, sent->name))
			return true;
	return false;
}

enum err list_query_parse(struct arena *arena, const struct entity *entity, const struct form *form,
			  const char *const *also, struct list_query *out, struct errors *errors)
{
	struct parse parse = {arena, entity, out, errors};

	*out = (struct list_query){.limit = LIST_DEFAULT_LIMIT,
				   .filters = arena_array(arena, LIST_MOST_FILTERS, sizeof *out->filters)};
	if (!read_sort(entity, str_from(entity->default_sort), out))
		return E_INTERNAL; /* entity_check complains at start */
	for (const struct form_field *sent = form->first; sent; sent = sent->next) {
		if (name_is_among(sent->name, also))
			continue;
		if (is_repeated(form, sent))
			errors_add(errors, arena_c_string(arena, utf8_prefix(sent->name, 64)), "repeated",
				   "This was sent twice.");
		else if (sent->text.n) /* an empty box of a filter form asks for nothing */
			take_parameter(&parse, sent);
	}
	return errors_any(errors) ? E_INVALID : OK;
}

/* ---- statement ---- */

/*
 * LIMIT is a literal: with a parameter PostgreSQL plans anew on every call. The smallest that is large enough is cut
 * in C.
 */
static const struct {
	int64_t most;
	const char *clause;
} page_sizes[] = {{25, " LIMIT 26"}, {50, " LIMIT 51"}, {100, " LIMIT 101"}, {200, " LIMIT 201"}},
  count_caps[] = {{101, " LIMIT 101"}, {1001, " LIMIT 1001"}, {10001, " LIMIT 10001"}, {1000001, " LIMIT 1000001"}};

static void add_word(struct sql *sql, const struct search_word *word)
{
	sql_add(sql, str_absent(word->digits) ? " AND search_text LIKE " : " AND (search_text LIKE ");
	sql_argument(sql, arg_str(word->text));
	if (str_absent(word->digits))
		return;
	sql_add(sql, " OR search_text LIKE ");
	sql_argument(sql, arg_str(word->digits));
	sql_add(sql, ")");
}

/* " FROM … WHERE …" of the rows that match. */
void sql_add_matching(struct sql *sql, const struct entity *entity, const struct list_query *query)
{
	struct search_word words[SEARCH_WORDS];
	size_t count = str_absent(query->q) ? 0 : search_words(sql->arena, query->q, words);

	sql_add(sql, " FROM ");
	sql_add(sql, entity->table);
	sql_add(sql, " WHERE tenant_id = $1");
	sql_add_living(sql, entity);
	for (size_t i = 0; i < query->filter_count; i++)
		sql_add_filter(sql, entity, &query->filters[i]);
	for (size_t i = 0; i < count; i++)
		add_word(sql, &words[i]);
}

static void add_order(struct sql *sql, const char *column, bool descending)
{
	sql_add(sql, " ORDER BY ");
	sql_add(sql, column);
	sql_add(sql, descending ? " DESC, id DESC" : ", id");
}

static enum err add_position(struct sql *sql, struct uuid tenant, const struct entity *entity,
			     const struct list_query *query, struct errors *errors)
{
	struct str key;
	struct uuid id;

	if (str_absent(query->cursor))
		return OK;
	if (!cursor_open(sql->arena, tenant, entity, query, &key, &id)) {
		errors_add(errors, "cursor", "not_a_cursor",
			   "This cursor is not from this list. Send it with the sort, q and filters of the page it "
			   "came with, or start again without it.");
		return E_INVALID;
	}
	sql_add(sql, " AND (");
	sql_add(sql, entity->fields[query->sort_field].name);
	sql_add(sql, query->descending ? ", id) < (" : ", id) > (");
	sql_argument(sql, arg_str(key));
	sql_add(sql, ", ");
	sql_argument(sql, arg_uuid(sql->arena, id));
	sql_add(sql, ")");
	return OK;
}

static enum err read_page(struct ttx *tx, const struct entity *entity, const struct list_query *query,
			  struct rows *rows, struct list_result *out)
{
	struct arena *arena = ttx_arena(tx);
	int key_column = sql_column(entity, query->sort_field);
	size_t most = (size_t)query->limit;
	struct str key = STR_NONE;

	*out = (struct list_result){.next_cursor = STR_NONE};
	out->records = arena_array(arena, most, sizeof *out->records);
	while (out->count < most && rows_next(rows)) {
		out->records[out->count++] = sql_record(arena, entity, rows);
		key = rows_str(rows, key_column);
	}
	if (rows_count(rows) > most)
		out->next_cursor =
			cursor_make(arena, scope_tenant(ttx_scope(tx)), entity, query, key, out->records[most - 1]->id);
	return OK;
}

enum err list_statement(struct sql *out, struct uuid tenant, const struct entity *entity,
			const struct list_query *query, struct errors *errors)
{
	size_t size = 0;
	enum err err;

	sql_add(out, "SELECT ");
	sql_add_selected(out, entity);
	sql_add_matching(out, entity, query);
	err = add_position(out, tenant, entity, query, errors);
	if (err)
		return err;
	add_order(out, entity->fields[query->sort_field].name, query->descending);
	while (size + 1 < COUNT_OF(page_sizes) && page_sizes[size].most < query->limit)
		size++;
	sql_add(out, page_sizes[size].clause);
	return OK;
}

enum err entity_list_send(struct ttx *tx, const struct entity *entity, const struct list_query *query,
			  struct errors *errors, struct rows **sent)
{
	struct sql sql = sql_for(tx);
	enum err err = list_statement(&sql, scope_tenant(ttx_scope(tx)), entity, query, errors);

	if (err == OK)
		*sent = ttx_send_text(tx, entity->plural, buffer_str(&sql.text),
				      (struct arguments){sql.arguments, sql.count});
	return err;
}

enum err entity_list_read(struct ttx *tx, const struct entity *entity, const struct list_query *query,
			  struct rows *sent, struct list_result *out)
{
	enum err err = rows_wait(sent);

	return err ? err : read_page(tx, entity, query, sent, out);
}

enum err entity_list(struct ttx *tx, const struct entity *entity, const struct list_query *query, struct errors *errors,
		     struct list_result *out)
{
	struct rows *sent;
	enum err err = entity_list_send(tx, entity, query, errors, &sent);

	return err ? err : entity_list_read(tx, entity, query, sent, out);
}

/* Whose rows lie next to one another in the index of the column, or are most of it. */
static bool counts_by_column(const struct list_filter *filter)
{
	return list_operator_is_range(filter->operation) || filter->operation == LIST_NOT ||
	       filter->operation == LIST_EMPTY;
}

/* That column; else the list's own order, which the indexes of equality go on with. */
static void add_count_order(struct sql *sql, const struct entity *entity, const struct list_query *query)
{
	struct list_query own = {.sort_field = query->sort_field};

	for (size_t i = 0; i < query->filter_count; i++) {
		const struct field *field = &entity->fields[query->filters[i].field];

		if ((field_is_column(field) || field_is_time_of_row(field)) && counts_by_column(&query->filters[i])) {
			sql_add(sql, " ORDER BY ");
			sql_add(sql, field->name);
			return;
		}
	}
	(void)read_sort(entity, str_from(entity->default_sort), &own);
	add_order(sql, entity->fields[own.sort_field].name, own.descending);
}

void count_statement(struct sql *out, const struct entity *entity, const struct list_query *query, int64_t cap)
{
	size_t size = 0;

	sql_add(out, "SELECT count(*) FROM (SELECT 1");
	sql_add_matching(out, entity, query);
	/* An order keeps PostgreSQL on an index: the first rows that happen to lie in the table may be far into it. */
	add_count_order(out, entity, query);
	while (size + 1 < COUNT_OF(count_caps) && count_caps[size].most < cap)
		size++;
	sql_add(out, count_caps[size].clause);
	sql_add(out, ") AS matching");
}

enum err entity_count(struct ttx *tx, const struct entity *entity, const struct list_query *query, int64_t cap,
		      int64_t *out)
{
	struct sql sql = sql_for(tx);
	struct rows *rows;
	enum err err;

	count_statement(&sql, entity, query, cap);
	err = sql_rows(&sql, tx, entity->plural, &rows);
	if (err)
		return err;
	*out = rows_next(rows) ? rows_int(rows, 0) : 0;
	if (*out > cap)
		*out = cap;
	return OK;
}
