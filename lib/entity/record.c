/* Records and the questions that may be asked of a field. */
#include "lib/entity/entity_internal.h"

#include <stdlib.h>

#include "lib/base/log.h"
#include "lib/base/utf8.h"

bool field_is_time_of_row(const struct field *field)
{
	return field->type == FIELD_INSTANT &&
	       (strcmp(field->name, "created_at") == 0 || strcmp(field->name, "updated_at") == 0);
}

bool field_is_visible(const struct field *field)
{
	return !field_is(field, FIELD_WRITE_ONLY | FIELD_INTERNAL);
}

bool field_is_writable(const struct field *field, enum write_kind kind)
{
	return !field_is(field, FIELD_READ_ONLY | FIELD_INTERNAL) &&
	       !(kind == WRITE_UPDATE && field_is(field, FIELD_CREATE_ONLY));
}

bool field_is_never_null(const struct field *field)
{
	return field_is(field, FIELD_REQUIRED | FIELD_FILLED) || field->default_value;
}

const char *field_group(const struct entity *entity, size_t index)
{
	for (size_t i = index + 1; i-- > 0;)
		if (entity->fields[i].group)
			return entity->fields[i].group;
	return NULL;
}

bool entity_is_searchable(const struct entity *entity)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is(&entity->fields[i], FIELD_SEARCHABLE))
			return true;
	return false;
}

bool name_is_among(struct str name, const char *const *names)
{
	for (; names && *names; names++)
		if (str_is(name, *names))
			return true;
	return false;
}

int entity_field(const struct entity *entity, struct str name)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (str_is(name, entity->fields[i].name))
			return (int)i;
	return -1;
}

struct record *record_new(struct arena *arena, const struct entity *entity)
{
	struct record *record = ARENA_NEW(arena, struct record);

	record->arena = arena;
	record->entity = entity;
	record->values = arena_array(arena, entity->field_count, sizeof *record->values);
	record->given = arena_array(arena, entity->field_count, sizeof *record->given);
	return record;
}

struct str record_label(const struct record *record, size_t field)
{
	return record->labels ? record->labels[field] : STR_NONE;
}

const struct entity *record_entity(const struct record *record)
{
	return record->entity;
}

struct uuid record_id(const struct record *record)
{
	return record->id;
}

int64_t record_version(const struct record *record)
{
	return record->version;
}

const struct record *record_before(const struct record *record)
{
	return record->before;
}

bool record_differs(const struct record *a, const struct record *b, int field)
{
	struct str x = a->values[field], y = b ? b->values[field] : STR_NONE;

	return str_absent(x) != str_absent(y) || !str_equal(x, y);
}

static NORETURN void no_such_field(const struct record *record, const char *name)
{
	log_event(LOG_ERROR, "bug", "the entity %s has no field %s", record->entity->name, name);
	abort();
}

static size_t position(const struct record *record, int field)
{
	if (field < 0 || (size_t)field >= record->entity->field_count)
		no_such_field(record, "of that number");
	return (size_t)field;
}

static size_t position_of(const struct record *record, const char *name)
{
	int field = entity_field(record->entity, str_from(name));

	if (field < 0)
		no_such_field(record, name);
	return (size_t)field;
}

struct str record_get(const struct record *record, int field)
{
	return record->values[position(record, field)];
}

struct str record_text(const struct record *record, const char *name)
{
	return record->values[position_of(record, name)];
}

bool record_has_changed(const struct record *record, const char *name)
{
	return record_differs(record, record->before, (int)position_of(record, name));
}

#define TITLE_LENGTH 80

/* The label of a choice; otherwise the first line, and of a long one its beginning. */
static struct str short_text(const struct record *record, const char *name)
{
	const struct field *field;
	struct str text, line;
	int at = name ? entity_field(record->entity, str_from(name)) : -1;

	if (at < 0 || str_absent(record->values[at]))
		return STR_NONE;
	field = &record->entity->fields[at];
	text = record->values[at];
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		if (str_is(text, choice->value))
			return str_from(choice->label);
	line = text;
	line = str_split(&line, '\n');
	if (utf8_length(line) <= TITLE_LENGTH)
		return line;
	return arena_printf(record->arena, "%.*s…", STR_FMT_ARG(str_trim(utf8_prefix(line, TITLE_LENGTH))));
}

struct str record_title(const struct record *record)
{
	struct str title = short_text(record, record->entity->title_field);

	if (str_absent(title))
		title = short_text(record, record->entity->title_instead);
	return str_absent(title) ? str_from(record->entity->label) : title;
}

/* What is no word of small letters, as SMS, stays as it is. */
struct str label_in_sentence(struct arena *arena, const char *label)
{
	bool word = label[0] >= 'A' && label[0] <= 'Z' && !(label[1] >= 'A' && label[1] <= 'Z');

	return word ? arena_printf(arena, "%c%s", label[0] | 0x20, label + 1) : str_from(label);
}

bool record_given(const struct record *record, int field)
{
	return record->given[position(record, field)];
}

void record_set(struct record *record, int field, struct str text)
{
	size_t at = position(record, field);

	record->values[at] = text;
	record->given[at] = true;
}

void record_set_text(struct record *record, const char *name, struct str text)
{
	record_set(record, (int)position_of(record, name), text);
}

void record_set_defaults(struct record *record)
{
	for (size_t i = 0; i < record->entity->field_count; i++)
		if (str_absent(record->values[i]) && record->entity->fields[i].default_value)
			record->values[i] = str_from(record->entity->fields[i].default_value);
}

enum err record_complete(struct record *record, enum write_kind kind, struct errors *errors)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		bool absent = str_absent(record->values[i]);

		/*
		 * A field with a default is never null: null and empty mean the default, on an update too, where it
		 * is not REQUIRED.
		 */
		if (absent && field->default_value &&
		    (record->given[i] ? !field_is(field, FIELD_REQUIRED) : kind == WRITE_CREATE)) {
			record->values[i] = str_from(field->default_value);
			continue;
		}
		if (!absent || !field_is(field, FIELD_REQUIRED) || !field_is_writable(field, kind))
			continue;
		if ((kind == WRITE_CREATE || record->given[i]) && !errors_for(errors, field->name))
			errors_add(errors, field->name, "required", "%s is required.", field->label);
	}
	return errors_any(errors) ? E_INVALID : OK;
}

/* A name from a request, short enough to be repeated in an answer. */
static const char *name_for_answer(const struct record *record, struct str name)
{
	return arena_c_string(record->arena, utf8_prefix(name, 64));
}

static bool is_name_of_layer(const struct entity *entity, struct str name)
{
	return entity->table && (str_is(name, "id") || str_is(name, "version") || str_is(name, "created_at") ||
				 str_is(name, "updated_at"));
}

const struct field *record_input_field(const struct record *record, enum write_kind kind, struct str name,
				       struct errors *errors, int *index)
{
	const struct entity *entity = record->entity;
	int at = entity_field(entity, name);
	const struct field *field = at < 0 ? NULL : &entity->fields[at];

	if (is_name_of_layer(entity, name) ||
	    (field && field_is(field, FIELD_READ_ONLY) && !field_is(field, FIELD_INTERNAL))) {
		errors_add(errors, name_for_answer(record, name), "read_only", "%s cannot be set.",
			   name_for_answer(record, name));
		return NULL;
	}
	if (!field || field_is(field, FIELD_INTERNAL)) {
		errors_add(errors, name_for_answer(record, name), "unknown_field", "There is no field of this name.");
		return NULL;
	}
	if (!field_is_writable(field, kind)) {
		errors_add(errors, field->name, "read_only", "%s can only be set when the %.*s is made.", field->label,
			   STR_FMT_ARG(label_in_sentence(record->arena, entity->label)));
		return NULL;
	}
	*index = at;
	return field;
}
