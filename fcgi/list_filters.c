/* Filters as a person sets them: a form with a row for each field, chips for those that are on. */
#include "fcgi/list_page.h"

#include "lib/tenant/principal.h"

#define MOST_QUICK 2 /* choices that stand beside the search */

/* ---- which rows a filter by reference can offer ---- */

/* What is found by typing words is not offered as a list. */
static bool offers_choices(const struct field *field)
{
	return (field->flags & FIELD_FILTERABLE) &&
	       (field->type == FIELD_TAGS || (field->type == FIELD_REFERENCE && !field->reference_search));
}

void list_filters_send(struct list_page *page)
{
	size_t count = page->entity->field_count;

	page->choices_sent = arena_array(page->c->arena, count, sizeof *page->choices_sent);
	page->choices = arena_array(page->c->arena, count, sizeof *page->choices);
	for (size_t i = 0; i < count; i++)
		if (offers_choices(&page->entity->fields[i]))
			page->choices_sent[i] = reference_choices_send(page->c->tx, &page->entity->fields[i]);
}

enum err list_filters_read(struct list_page *page)
{
	enum err err = OK;

	for (size_t i = 0; err == OK && i < page->entity->field_count; i++)
		if (page->choices_sent[i])
			err = reference_choices_read(page->c->tx, page->choices_sent[i], &page->choices[i]);
	return err == OK ? list_found_read(page) : err;
}

/* ---- what the page shows ---- */

static struct value *add_option(struct value *list, struct str value, struct str label, const char *flag, bool on)
{
	struct value *option = value_map(value_arena(list));

	value_put_str(option, "value", value);
	value_put_str(option, "label", label);
	value_put_bool(option, flag, on);
	value_append(list, option);
	return option;
}

static bool holds(const struct list_filter *filter, struct str value)
{
	for (size_t i = 0; filter && i < filter->count; i++)
		if (str_equal(filter->values[i], value))
			return true;
	return false;
}

static bool has_options(const struct list_page *page, size_t index)
{
	return page->entity->fields[index].type == FIELD_CHOICE || page->choices_sent[index];
}

static bool refers_to_users(const struct field *field)
{
	return field->type == FIELD_REFERENCE && strcmp(field->references, "tenant_users") == 0;
}

static void put_options(struct list_page *page, size_t index, const struct list_filter *filter, struct value *row)
{
	const struct field *field = &page->entity->fields[index];
	struct value *options = value_put_list(row, "options");

	if (!has_options(page, index))
		return;
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		add_option(options, str_from(choice->value), str_from(choice->label), "checked",
			   holds(filter, str_from(choice->value)));
	if (refers_to_users(field))
		add_option(options, STR("me"), STR("Me"), "checked", holds(filter, STR("me")));
	for (size_t i = 0; i < page->choices[index].count; i++)
		add_option(options, page->choices[index].ids[i], page->choices[index].labels[i], "checked",
			   holds(filter, page->choices[index].ids[i]));
}

/* The operators of one row. A span is a row of its own, since it is typed as a number and a unit. */
static void put_operations(struct list_page *page, size_t index, const struct list_filter *filter, bool span,
			   struct value *row)
{
	const struct field *field = &page->entity->fields[index];
	struct value *list = value_put_list(row, "operations");
	bool options = has_options(page, index), one = options || list_is_found(page, (int)index);

	for (enum list_operator operation = LIST_IS; operation < LIST_OPERATORS; operation++) {
		const char *label = list_operator_label(field, operation);
		bool now = filter && filter->operation == operation;

		if (!list_operator_fits(field, operation) || (operation == LIST_IN && one) ||
		    (operation != LIST_EMPTY && span != list_operator_is_span(operation)) ||
		    (operation == LIST_EMPTY && span))
			continue;
		if (options && operation == LIST_IS)
			label = "is any of";
		if (options && operation == LIST_NOT)
			label = "is none of";
		add_option(list, str_from(list_operator_word(operation)), str_from(label), "selected",
			   (now && (operation != LIST_EMPTY || filter->yes)) ||
				   (options && operation == LIST_IS && filter && filter->operation == LIST_IN));
		if (operation == LIST_EMPTY)
			add_option(list, STR("present"), STR("has a value"), "selected", now && !filter->yes);
	}
}

static void put_units(const struct list_filter *filter, struct value *row)
{
	static const struct {
		const char *unit, *label;
	} units[] = {{"h", "hours"}, {"d", "days"}, {"w", "weeks"}, {"m", "months"}, {"y", "years"}};
	struct value *list = value_put_list(row, "units");

	for (size_t i = 0; i < COUNT_OF(units); i++)
		add_option(list, str_from(units[i].unit), str_from(units[i].label), "selected",
			   (filter && filter->unit ? filter->unit : 'd') == units[i].unit[0]);
}

/* What stands in the row's box. */
static struct str row_value(const struct list_page *page, const struct field *field, const struct list_filter *filter)
{
	struct arena *arena = page->c->arena;

	if (!filter || filter->operation == LIST_EMPTY)
		return STR("");
	if (filter->unit && filter->amount)
		return arena_printf(arena, "%lld", (long long)filter->amount);
	return field->type == FIELD_MONEY && filter->count ? list_filter_words(arena, field, filter) : filter->text;
}

static struct value *add_row(struct list_page *page, struct value *rows, size_t index, const struct list_filter *filter,
			     bool span)
{
	const struct field *field = &page->entity->fields[index];
	struct value *row = value_map(page->c->arena);
	struct str value = row_value(page, field, filter);
	bool found = list_is_found(page, (int)index),
	     date = !span && (field->type == FIELD_DATE || field->type == FIELD_INSTANT) &&
		    (value.n == 0 || value.n == 10);

	value_put_text(row, "name", field->name);
	value_put_text(row, "label", field->label);
	value_put_str(row, "id", arena_printf(page->c->arena, "f%zu", value_count(rows)));
	put_operations(page, index, filter, span, row);
	put_options(page, index, filter, row);
	put_units(filter, row);
	value_put_bool(row, "is_span", span);
	value_put_bool(row, "is_options", has_options(page, index));
	value_put_bool(row, "is_yes_no", field->type == FIELD_BOOL);
	value_put_bool(row, "is_plain", !span && !found && !has_options(page, index) && field->type != FIELD_BOOL);
	value_put(row, "find", found ? page->found[index] : value_null(page->c->arena));
	value_put_bool(row, "yes", filter && field->type == FIELD_BOOL && holds(filter, STR("t")));
	value_put_bool(row, "no", filter && field->type == FIELD_BOOL && holds(filter, STR("f")));
	value_put_text(row, "input_type", date ? "date" : "text");
	value_put_text(row, "inputmode",
		       span || field->type == FIELD_INTEGER                        ? "numeric"
		       : field->type == FIELD_MONEY || field->type == FIELD_NUMBER ? "decimal"
										   : NULL);
	value_put_str(row, "value", value);
	value_put_bool(row, "active", filter != NULL);
	value_put_str(row, "error", STR_NONE);
	value_append(rows, row);
	return row;
}

static bool takes_spans(const struct field *field)
{
	return list_operator_fits(field, LIST_WITHIN);
}

static bool has_row(const struct list_page *page, size_t field)
{
	const struct field *described = &page->entity->fields[field];

	return (described->flags & FIELD_FILTERABLE) &&
	       !(described->type == FIELD_REFERENCE && !page->choices_sent[field] && !list_is_found(page, (int)field));
}

/* Filters that the form has no row for are none of its business, and go along. */
static bool has_own_row(const struct list_page *page, const struct list_filter *filter)
{
	return has_row(page, (size_t)filter->field) &&
	       (!list_is_found(page, filter->field) || list_found_filter(page, filter->field) == filter);
}

/* What was typed and could not be read comes first, as it was. */
static void put_refused_rows(struct list_page *page, struct value *rows)
{
	bool asks = false; /* one of several is to be chosen */

	for (size_t i = 0; i < page->refused_count; i++) {
		const struct list_refusal *refusal = &page->refused[i];
		struct value *row;

		if (!refusal->is_filter || !has_row(page, (size_t)refusal->filter.field) ||
		    (list_is_found(page, refusal->filter.field) &&
		     list_found_refused(page, refusal->filter.field) != refusal))
			continue;
		row = add_row(page, rows, (size_t)refusal->filter.field, &refusal->filter,
			      list_operator_is_span(refusal->filter.operation));
		value_put_str(row, "error", refusal->message);
		if (!list_is_found(page, refusal->filter.field))
			continue;
		list_found_refuse(page, refusal);
		asks = true;
	}
	value_put_bool(page->c->page, "filters_open", asks);
	value_put_bool(page->c->page, "refused_filter", value_count(rows) > 0);
}

/* A row for each filter that is on, and an empty one where another could be added. */
static void put_rows(struct list_page *page)
{
	struct value *rows = value_put_list(page->c->page, "filter_rows");

	put_refused_rows(page, rows);
	for (size_t i = 0; i < page->entity->field_count; i++) {
		const struct field *field = &page->entity->fields[i];
		bool has_plain = false, has_span = false;

		if (!has_row(page, i) || (list_is_found(page, (int)i) && list_found_refused(page, (int)i)))
			continue;
		for (size_t k = 0; k < page->query.filter_count; k++) {
			const struct list_filter *filter = &page->query.filters[k];
			bool span = list_operator_is_span(filter->operation);

			if (filter->field != (int)i || !has_own_row(page, filter))
				continue;
			(void)add_row(page, rows, i, filter, span);
			has_span = has_span || span;
			has_plain = has_plain || (!span && !list_operator_fits(field, LIST_AT_LEAST));
		}
		if (!has_plain)
			(void)add_row(page, rows, i, NULL, false);
		if (takes_spans(field) && !has_span)
			(void)add_row(page, rows, i, NULL, true);
	}
	value_put_bool(page->c->page, "has_filter_rows", value_count(rows) > 0);
}

#define NAMES_MOST 3 /* each costs a round trip */

/* The values of a filter by reference, by name where they are known. */
static struct str chip_value(const struct list_page *page, const struct list_filter *filter)
{
	const struct field *field = &page->entity->fields[filter->field];
	const struct reference_choices *choices = &page->choices[filter->field];
	struct buffer words = BUFFER_IN(page->c->arena);

	if (field->type != FIELD_REFERENCE)
		return list_filter_words(page->c->arena, field, filter);
	for (size_t i = 0; i < filter->count; i++) {
		struct str word = i < NAMES_MOST && list_is_found(page, filter->field)
					  ? list_found_name(page, filter->field, filter->values[i])
					  : filter->values[i];

		for (size_t k = 0; k < choices->count; k++)
			if (str_equal(choices->ids[k], word))
				word = choices->labels[k];
		buffer_printf(&words, "%s%.*s",
			      i == 0                   ? ""
			      : i + 1 == filter->count ? " or "
						       : ", ",
			      STR_FMT_ARG(word));
	}
	return buffer_str(&words);
}

static void put_chips(struct list_page *page)
{
	struct value *chips = value_put_list(page->c->page, "chips");

	for (size_t i = 0; i < page->query.filter_count; i++) {
		const struct list_filter *filter = &page->query.filters[i];
		const struct field *field = &page->entity->fields[filter->field];
		struct value *chip = value_map(page->c->arena);
		bool none = filter->operation == LIST_EMPTY && !filter->yes;

		value_put_text(chip, "label", field->label);
		value_put_text(chip, "operation",
			       none                           ? "has a value"
			       : filter->operation == LIST_IN ? "is"
							      : list_operator_label(field, filter->operation));
		value_put_str(chip, "value", chip_value(page, filter));
		value_put_url(chip, "remove_url",
			      list_page_url(page, arena_c_string(page->c->arena, filter->parameter), STR_NONE));
		value_append(chips, chip);
	}
}

/* Choices that are used most stand beside the search as selects. */
static size_t put_quick(struct list_page *page, const char *quick[MOST_QUICK])
{
	struct value *list = value_put_list(page->c->page, "filters");
	size_t count = 0;

	for (size_t i = 0; i < page->entity->field_count && count < MOST_QUICK; i++) {
		const struct field *field = &page->entity->fields[i];
		const struct list_filter *now = NULL;
		struct value *filter, *choices;

		if (!(field->flags & FIELD_FILTERABLE) || !(field->flags & FIELD_LISTED) || field->type != FIELD_CHOICE)
			continue;
		for (size_t k = 0; k < page->query.filter_count; k++)
			if (page->query.filters[k].field == (int)i && page->query.filters[k].operation == LIST_IS)
				now = &page->query.filters[k];
		filter = value_map(page->c->arena);
		value_put_text(filter, "name", field->name);
		value_put_text(filter, "label", field->label);
		choices = value_put_list(filter, "choices");
		for (const struct choice *choice = field->choices; choice->value; choice++)
			add_option(choices, str_from(choice->value), str_from(choice->label), "selected",
				   holds(now, str_from(choice->value)));
		value_append(list, filter);
		quick[count++] = field->name;
	}
	return count;
}

/* What a form of the page takes along: everything but what it sets itself. */
static void put_kept(struct list_page *page, const char *name, const char *const *own, size_t own_count,
		     bool filters_too)
{
	struct value *kept = value_put_list(page->c->page, name);

	for (const struct form_field *sent = page->c->query.first; sent; sent = sent->next) {
		bool passed = list_is_passing(sent->name) || sent->text.n == 0;

		for (size_t i = 0; i < own_count; i++)
			passed = passed || str_is(sent->name, own[i]);
		for (size_t i = 0; !filters_too && i < page->query.filter_count; i++)
			passed = passed || (has_own_row(page, &page->query.filters[i]) &&
					    str_equal(sent->name, page->query.filters[i].parameter));
		if (!passed) {
			struct value *pair = value_map(page->c->arena);

			value_put_str(pair, "name", sent->name);
			value_put_str(pair, "value", sent->text);
			value_append(kept, pair);
		}
	}
}

void list_put_filters(struct list_page *page)
{
	static const char *const layout[] = {"columns", "sort"};
	const char *quick[MOST_QUICK + 1];
	size_t count = put_quick(page, quick);

	quick[count++] = "q";
	put_rows(page);
	put_chips(page);
	put_kept(page, "search_kept", quick, count, true);
	put_kept(page, "filters_kept", NULL, 0, false);
	put_kept(page, "columns_kept", layout, COUNT_OF(layout), true);
	value_put_int(page->c->page, "filter_count", (int64_t)page->query.filter_count);
	value_put_bool(page->c->page, "has_filters", page->query.filter_count > 0);
	value_put_url(page->c->page, "clear_url", arena_printf(page->c->arena, "/%s", page->entity->plural));
}
