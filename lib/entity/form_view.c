/*
 * The inputs of a form, as templates/partials/field.html reads them. Every name is always there, since a strict
 * template refuses one that is not; what does not apply is null or false.
 */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"

/* ---- headings ---- */

void view_put_group(struct value *map, const struct entity *entity, size_t index, const char **last)
{
	const char *group = field_group(entity, index);
	bool starts = group && (!*last || strcmp(group, *last) != 0);

	value_put_text(map, "group", group);
	value_put_bool(map, "group_start", starts);
	*last = group;
}

/* ---- forms ---- */

static const struct input_kind {
	const char *flag;       /* the one that is true */
	const char *input_type; /* of <input> */
	const char *inputmode;  /* the keyboard of a phone */
} input_kinds[] = {
	[FIELD_TEXT] = {"is_text", "text", NULL},
	[FIELD_LONG_TEXT] = {"is_textarea", NULL, NULL},
	[FIELD_EMAIL] = {"is_email", "email", "email"},
	[FIELD_PHONE] = {"is_tel", "tel", "tel"},
	[FIELD_URL] = {"is_url", "url", "url"},
	[FIELD_SLUG] = {"is_text", "text", NULL},
	[FIELD_PASSWORD] = {"is_password", "password", NULL},
	[FIELD_INTEGER] = {"is_number", "number", "numeric"},
	[FIELD_NUMBER] = {"is_text", "text", "decimal"},
	[FIELD_MONEY] = {"is_money", "text", "decimal"},
	[FIELD_BOOL] = {"is_checkbox", "checkbox", NULL},
	[FIELD_DATE] = {"is_date", "date", NULL},
	[FIELD_INSTANT] = {"is_datetime", "datetime-local", NULL},
	[FIELD_CHOICE] = {"is_select", NULL, NULL},
	[FIELD_REFERENCE] = {"is_select", NULL, NULL},
	[FIELD_TAGS] = {"is_tags", NULL, NULL},
	[FIELD_IDS] = {"is_textarea", NULL, NULL},
};

struct form_view {
	const struct record *record;
	const struct form *typed; /* NULL when nothing was sent yet */
	const struct errors *errors;
	struct arena *arena;
};

/* The stored value as its input shows it. */
static struct str input_text(struct arena *arena, const struct field *field, struct str stored)
{
	int64_t instant;

	if (field->type == FIELD_MONEY)
		return money_text(arena, stored);
	if (field->type == FIELD_INSTANT && clock_from_rfc3339(stored, &instant))
		return local_wall(arena, instant);
	return stored;
}

struct str record_input_text(const struct record *record, int field)
{
	if (str_absent(record->values[field]))
		return STR_NONE;
	return input_text(record->arena, &record->entity->fields[field], record->values[field]);
}

void record_keep_as_shown(struct record *change, const struct record *current)
{
	for (size_t i = 0; i < change->entity->field_count; i++) {
		const struct field *field = &change->entity->fields[i];

		if (field->type == FIELD_INSTANT && change->given[i] && !str_absent(change->values[i]) &&
		    str_equal(input_text(change->arena, field, change->values[i]),
			      input_text(change->arena, field, current->values[i])))
			change->values[i] = current->values[i];
	}
}

/* What was typed survives an error, right or wrong; a password is never sent back. */
static struct str shown_value(const struct form_view *view, size_t index)
{
	const struct field *field = &view->record->entity->fields[index];
	struct str typed = view->typed ? form_text(view->typed, field->name) : STR_NONE,
		   stored = view->record->values[index];

	if (field->type == FIELD_PASSWORD)
		return STR_NONE;
	if (!str_absent(typed))
		return typed;
	if (str_absent(stored) && field->default_value)
		stored = str_from(field->default_value);
	return input_text(view->arena, field, stored);
}

static bool is_checked(const struct form_view *view, size_t index)
{
	const struct field *field = &view->record->entity->fields[index];

	if (view->typed)
		return !str_absent(form_text(view->typed, field->name));
	if (str_absent(view->record->values[index]))
		return field->default_value && strcmp(field->default_value, "t") == 0;
	return str_is(view->record->values[index], "t");
}

static struct value *add_choice(struct value *list, struct str value, struct str label, struct str shown)
{
	struct value *choice = value_map(value_arena(list));

	value_append(list, choice);
	value_put_str(choice, "value", value);
	value_put_str(choice, "label", label);
	value_put_text(choice, "details", NULL);
	value_put_bool(choice, "selected", str_equal(value, shown));
	return choice;
}

/* The row that is pointed at is offered even when it may not be chosen any more: saving must not lose it. */
static void add_reference_choices(struct value *list, const struct record *record, size_t index, struct str shown)
{
	const struct reference_choices *choices = record->choices ? record->choices[index] : NULL;
	struct str now = record->values[index];
	bool offered = str_absent(now);

	for (size_t i = 0; choices && i < choices->count; i++) {
		(void)add_choice(list, choices->ids[i], choices->labels[i], shown);
		offered = offered || str_equal(choices->ids[i], now);
	}
	if (!offered)
		(void)add_choice(list, now, str_absent(record_label(record, index)) ? now : record_label(record, index),
				 shown);
}

/* Rows to choose from, found by what was typed: nobody is asked to choose among thousands. */
static void put_found(struct value *map, const struct form_view *view, size_t index, struct str shown)
{
	const struct record *record = view->record;
	const struct field *field = &record->entity->fields[index];
	const struct reference_offers *offers = record->offers ? record->offers[index] : NULL;
	struct value *list = value_put_list(map, "choices");
	struct str now = record->values[index];
	size_t count = offers ? offers->count : 0;
	bool filters = view->typed &&
		       form_find(view->typed, arena_printf(view->arena, "%s" REFERENCE_ANY, field->name).p),
	     chosen = !str_absent(now) || shown.n > 0;

	value_put_str(map, "search", offers && offers->search.n ? offers->search : STR(""));
	value_put_str(map, "searched", offers ? offers->searched : STR_NONE);
	value_put_text(map, "find_hint", field->reference_details ? "Find by name, phone or address" : "Find by name");
	value_put_text(map, "find_note", offers ? offers->note : NULL);
	value_put_url(map, "find_url",
		      arena_printf(view->arena, "/%s/choices?field=%s", record->entity->plural, field->name));
	if (count == 1 && shown.n == 0)
		shown = offers->ids[0];
	if (filters ? chosen : !field_is(field, FIELD_REQUIRED) && (count > 0 || !str_absent(now)))
		(void)add_choice(list, STR(""), filters ? STR("Any") : STR("None"), shown.n ? shown : STR(""));
	if (!str_absent(now))
		(void)add_choice(list, now, str_absent(record_label(record, index)) ? now : record_label(record, index),
				 shown);
	for (size_t i = 0; i < count; i++)
		if (!str_equal(offers->ids[i], now))
			value_put_str(add_choice(list, offers->ids[i], offers->labels[i], shown), "details",
				      offers->details[i]);
}

/* A box for each tag there is; those the row has are ticked, or those that were when something else was wrong. */
static void put_tags(struct value *list, const struct form_view *view, size_t index)
{
	const struct reference_choices *choices = view->record->choices ? view->record->choices[index] : NULL;
	const char *name = view->record->entity->fields[index].name;

	for (size_t i = 0; choices && i < choices->count; i++) {
		bool ticked = tags_hold(view->record->values[index], choices->labels[i]);

		if (view->typed) {
			const struct form_field *sent = form_find(view->typed, name);

			while (sent && !str_equal(sent->text, choices->labels[i]))
				sent = form_find_next(sent, name);
			ticked = sent != NULL;
		}
		(void)add_choice(list, choices->labels[i], choices->labels[i], ticked ? choices->labels[i] : STR_NONE);
	}
}

static void put_choices(struct value *map, const struct form_view *view, size_t index, struct str shown)
{
	const struct field *field = &view->record->entity->fields[index];
	struct value *list = value_put_list(map, "choices");

	if (field->type == FIELD_TAGS)
		put_tags(list, view, index);
	if (field->type != FIELD_CHOICE && field->type != FIELD_REFERENCE)
		return;
	if (!field->default_value)
		(void)add_choice(list, STR(""), field_is(field, FIELD_REQUIRED) ? STR("Choose…") : STR("–"), shown);
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		(void)add_choice(list, str_from(choice->value), str_from(choice->label), shown);
	if (field->type == FIELD_REFERENCE)
		add_reference_choices(list, view->record, index, shown);
}

static void put_limits(struct value *map, const struct field *field)
{
	bool text = field_is_text(field->type), number = field->type == FIELD_INTEGER;
	struct value *none = value_null(value_arena(map));

	value_put(map, "maxlength", text ? value_int(value_arena(map), field_maximum(field)) : none);
	value_put(map, "min", number ? value_int(value_arena(map), field_minimum(field)) : none);
	value_put(map, "max", number ? value_int(value_arena(map), field_maximum(field)) : none);
}

static void put_input(struct value *map, const struct form_view *view, size_t index)
{
	const struct field *field = &view->record->entity->fields[index];
	bool found = field_is_found(field);
	const struct input_kind *kind = &input_kinds[field->type];
	const struct field_error *error = view->errors ? errors_for(view->errors, field->name) : NULL;
	struct str shown = shown_value(view, index);

	value_put_text(map, "name", field->name);
	value_put_text(map, "label", field->label);
	for (size_t i = FIELD_TEXT; i < COUNT_OF(input_kinds); i++)
		value_put_bool(map, input_kinds[i].flag, false);
	value_put_bool(map, kind->flag, !found);
	value_put_bool(map, "is_found", found);
	value_put_text(map, "search", NULL);
	value_put_text(map, "searched", NULL);
	value_put_text(map, "find_note", NULL);
	value_put_text(map, "find_hint", NULL);
	value_put_text(map, "find_url", NULL);
	value_put_bool(map, "is_reference", field->type == FIELD_REFERENCE);
	value_put_text(map, "input_type", kind->input_type);
	value_put_text(map, "inputmode", kind->inputmode);
	value_put_text(map, "autocomplete", field->autocomplete ? field->autocomplete : "off");
	value_put_text(map, "help", field->help);
	value_put_str(map, "error", error ? error->message : STR_NONE);
	value_put_bool(map, "required", field_is(field, FIELD_REQUIRED));
	value_put_text(map, "tick", field->tick ? field->tick : "t");
	value_put_bool(map, "checked", field->type == FIELD_BOOL && is_checked(view, index));
	value_put_str(map, "value", shown);
	put_limits(map, field);
	if (found)
		put_found(map, view, index, shown);
	else
		put_choices(map, view, index, shown);
}

static bool is_asked(const struct form_view *view, size_t index)
{
	const struct field *field = &view->record->entity->fields[index];

	return !field_is(field, FIELD_UNASKED) || shown_value(view, index).n ||
	       (view->errors && errors_for(view->errors, field->name));
}

void record_form_view(const struct record *record, const struct form *typed, const struct errors *errors,
		      enum write_kind kind, struct value *list)
{
	struct form_view view = {record, typed && typed->count ? typed : NULL, errors, value_arena(list)};
	const char *last = NULL;

	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		struct value *map;

		if (!field_is_writable(field, kind) || field_is(field, FIELD_API_ONLY) || !is_asked(&view, i))
			continue;
		map = value_map(view.arena);
		value_append(list, map);
		put_input(map, &view, i);
		view_put_group(map, record->entity, i, &last);
	}
}

void record_input_view(const struct record *record, int field, const struct form *typed, struct value *map)
{
	struct form_view view = {record, typed, NULL, value_arena(map)};

	put_input(map, &view, (size_t)field);
}
