/* What the forms of a list send, as the list's own address. */
#include "fcgi/list_page.h"

struct typed {
	struct context *c;
	const struct entity *entity;
	struct buffer pairs;
	int field; /* of the row in hand; -1: none */
	struct str operation, unit;
	struct str search, searched; /* of a reference: what was typed to find it, and what its choices were found by */
	struct buffer values;
	size_t count;
};

/* The operator of a row: several values make "is" an "is any of". */
static enum list_operator operation_of(const struct typed *typed, const struct field *field)
{
	for (enum list_operator operation = LIST_IS; operation < LIST_OPERATORS; operation++)
		if (str_is(typed->operation, list_operator_word(operation)))
			return operation == LIST_IS && typed->count > 1 && list_operator_fits(field, LIST_IN)
				       ? LIST_IN
				       : operation;
	return LIST_IS;
}

static void end_row(struct typed *typed)
{
	const struct field *field = typed->field >= 0 ? &typed->entity->fields[typed->field] : NULL;
	struct arena *arena = typed->c->arena;
	bool present = str_is(typed->operation, "present");
	enum list_operator operation;
	struct str value;

	if (!field)
		return;
	operation = present ? LIST_EMPTY : operation_of(typed, field);
	value = buffer_str(&typed->values);
	if (typed->search.n && (value.n == 0 || !str_equal(typed->search, typed->searched)))
		value = typed->search;
	if (operation == LIST_EMPTY)
		value = present ? STR("false") : STR("true");
	else if (value.n && typed->unit.n)
		value = arena_printf(arena, "%.*s%.*s", STR_FMT_ARG(value), STR_FMT_ARG(typed->unit));
	if (value.n)
		url_add_pair(&typed->pairs, list_filter_name(arena, field, operation),
			     list_filter_typed(arena, field, operation, value));
}

/* "f.score.op" in its parts; false for other names. */
static bool row_name(const struct typed *typed, struct str name, int *field, struct str *part)
{
	struct str rest = name, prefix = str_split(&rest, '.'), middle = str_split(&rest, '.');

	*field = entity_field(typed->entity, middle);
	*part = rest;
	return str_is(prefix, "f") && !str_absent(rest);
}

static void take_row_part(struct typed *typed, int field, struct str part, struct str text)
{
	if (str_is(part, "op")) {
		end_row(typed);
		typed->field = field;
		typed->operation = text;
		typed->unit = typed->search = typed->searched = STR_NONE;
		typed->values = BUFFER_IN(typed->c->arena);
		typed->count = 0;
	} else if (str_is(part, "unit") && field == typed->field) {
		typed->unit = text;
	} else if (str_is(part, "value") && field == typed->field && str_trim(text).n) {
		buffer_printf(&typed->values, "%s%.*s", typed->count++ ? "," : "", STR_FMT_ARG(str_trim(text)));
	}
}

/* The inputs of a reference that is found by typing have the names that they have in its own form (partials/choices). */
static bool take_found_part(struct typed *typed, const struct form_field *sent)
{
	const struct field *field = typed->field >= 0 ? &typed->entity->fields[typed->field] : NULL;
	struct str rest = sent->name;

	if (!field || !field->reference_search || !str_is(str_split(&rest, '.'), field->name))
		return false;
	if (str_absent(rest))
		take_row_part(typed, typed->field, STR("value"), sent->text);
	else if (str_is(rest, "search"))
		typed->search = str_trim(sent->text);
	else if (str_is(rest, "searched"))
		typed->searched = str_trim(sent->text);
	return true;
}

bool list_typed(struct context *c, const struct entity *entity, struct str *url)
{
	struct typed typed = {
		.c = c, .entity = entity, .pairs = BUFFER_IN(c->arena), .field = -1, .values = BUFFER_IN(c->arena)};
	struct buffer columns = BUFFER_IN(c->arena);
	size_t rows = 0, column_count = 0;
	struct str part;
	int field;

	for (const struct form_field *sent = c->query.first; sent; sent = sent->next) {
		if (row_name(&typed, sent->name, &field, &part)) {
			rows++;
			take_row_part(&typed, field, part, sent->text);
		} else if (take_found_part(&typed, sent)) {
			continue;
		} else if (str_is(sent->name, "columns")) {
			buffer_printf(&columns, "%s%.*s", column_count++ ? "," : "", STR_FMT_ARG(sent->text));
		} else if (sent->text.n > 0) {
			url_add_pair(&typed.pairs, sent->name, sent->text);
		}
	}
	if (rows == 0 && column_count < 2)
		return false;
	end_row(&typed);
	if (columns.length)
		url_add_pair(&typed.pairs, STR("columns"), buffer_str(&columns));
	*url = arena_printf(c->arena, "/%s%s%.*s", entity->plural, typed.pairs.length ? "?" : "",
			    STR_FMT_ARG(buffer_str(&typed.pairs)));
	return true;
}
