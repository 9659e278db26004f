/* Records from forms. A form's mistakes are answered at the field, with what was typed kept (form_view.c). */
#include "lib/entity/entity_internal.h"

#define PRESENT ".present"

/* A browser says nothing of a box that is not ticked. */
static bool sends_ticks(const struct field *field)
{
	return field->type == FIELD_BOOL || field->type == FIELD_TAGS;
}

/*
 * Beside the value: the hidden companion of a checkbox, since a browser does not send an unchecked one, and what was
 * typed to find a row.
 */
static bool is_companion(const struct entity *entity, struct str name)
{
	struct str rest = name, own = str_split(&rest, '.'), suffix = {name.p + own.n, name.n - own.n};
	int field = entity_field(entity, own);

	if (field < 0 || str_absent(rest))
		return false;
	if (field_is_found(&entity->fields[field]))
		return str_is(suffix, REFERENCE_SEARCH) || str_is(suffix, REFERENCE_SEARCHED);
	return sends_ticks(&entity->fields[field]) && str_is(suffix, PRESENT);
}

void record_prefill(struct record *record, int index, struct str typed)
{
	const struct field *field = &record->entity->fields[index];

	if (field_is_writable(field, WRITE_CREATE) && !field_is(field, FIELD_API_ONLY | FIELD_WRITE_ONLY) &&
	    field_accept_typed(record->arena, field, &typed, errors_new(record->arena)))
		record->values[index] = typed;
}

static void take_field(struct record *record, enum write_kind kind, const struct form_field *sent,
		       struct errors *errors)
{
	int index = 0;
	const struct field *field = record_input_field(record, kind, sent->name, errors, &index);
	struct str text = sent->text;

	if (!field)
		return;
	if (field->type == FIELD_TAGS && !str_absent(record->values[index])) /* one box of several */
		text = arena_printf(record->arena, "%.*s\n%.*s", STR_FMT_ARG(record->values[index]), STR_FMT_ARG(text));
	else if (record->given[index]) {
		errors_add(errors, field->name, "repeated", "%s was sent twice.", field->label);
		return;
	}
	record->given[index] = true;
	if (!str_absent(sent->file_name)) {
		errors_add(errors, field->name, "wrong_type", "%s takes text, not a file.", field->label);
		return;
	}
	if (field_accept_typed(record->arena, field, &text, errors))
		record->values[index] = text;
}

static void uncheck_absent(struct record *record, enum write_kind kind, const struct form *form)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		struct str companion;

		if (!sends_ticks(field) || record->given[i] || !field_is_writable(field, kind))
			continue;
		companion = arena_printf(record->arena, "%s" PRESENT, field->name);
		if (kind == WRITE_CREATE || form_find(form, companion.p)) {
			record->values[i] = field->type == FIELD_BOOL ? STR("f") : STR_NONE;
			record->given[i] = true;
		}
	}
}

enum err record_from_form(struct record *record, enum write_kind kind, const struct form *form, const char *const *also,
			  struct errors *errors)
{
	for (const struct form_field *sent = form->first; sent; sent = sent->next)
		if (!name_is_among(sent->name, also) && !is_companion(record->entity, sent->name))
			take_field(record, kind, sent, errors);
	uncheck_absent(record, kind, form);
	return record_complete(record, kind, errors);
}
