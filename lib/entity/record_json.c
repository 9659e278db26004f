/* Records and JSON. A number is exact: what is no whole number in the body's own text is refused, never rounded. */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/text/json.h"

/* One string a line; absent when it is no list of strings. */
static struct str lines_of(const struct value *list)
{
	struct buffer lines = BUFFER_IN(value_arena(list));
	const struct value *item;

	if (value_type(list) != VALUE_LIST)
		return STR_NONE;
	for (size_t i = 0; (item = value_at(list, i)) != NULL; i++) {
		struct str text = value_as_str(item);

		if (value_type(item) != VALUE_STRING || memchr(text.n ? text.p : "", '\n', text.n))
			return STR_NONE;
		buffer_printf(&lines, "%.*s\n", STR_FMT_ARG(text));
	}
	return buffer_str(&lines);
}

/* The text of a JSON value of the kind the field wants, absent for null; false when it is of another kind. */
static bool text_of_kind(enum json_kind kind, const struct value *value, struct str *text)
{
	enum value_type type = value_type(value);

	*text = STR_NONE;
	if (type == VALUE_NULL)
		return true;
	switch (kind) {
	case JSON_STRING:
		*text = value_as_str(value);
		return type == VALUE_STRING;
	case JSON_INTEGER:
	case JSON_NUMBER:
		*text = value_as_str(value);
		return type == VALUE_NUMBER;
	case JSON_STRINGS:
		*text = lines_of(value);
		return !str_absent(*text);
	case JSON_BOOLEAN:
		if (type == VALUE_BOOL)
			*text = value_as_bool(value) ? STR("t") : STR("f");
		return type == VALUE_BOOL;
	}
	return false;
}

static void take_member(struct record *record, enum write_kind kind, struct str name, const struct value *value,
			struct errors *errors)
{
	static const char *const kind_names[] = {[JSON_STRING] = "a string",
						 [JSON_INTEGER] = "a number",
						 [JSON_NUMBER] = "a number",
						 [JSON_BOOLEAN] = "true or false",
						 [JSON_STRINGS] = "a list of strings"};
	int index = 0;
	const struct field *field = record_input_field(record, kind, name, errors, &index);
	struct str text;

	if (!field)
		return;
	record->given[index] = true;
	if (field->type == FIELD_IDS && value_type(value) == VALUE_STRING)
		text = value_as_str(value);
	else if (!text_of_kind(field_json_kind(field->type), value, &text)) {
		errors_add(errors, field->name, "wrong_type", "%s must be %s.", field->label,
			   kind_names[field_json_kind(field->type)]);
		return;
	}
	if (!str_absent(text) && field_accept(record->arena, field, &text, errors))
		record->values[index] = text;
}

enum err record_from_json(struct record *record, enum write_kind kind, const struct value *body, struct errors *errors)
{
	const struct value *member;
	struct str name;

	if (!body || value_type(body) != VALUE_MAP)
		return E_MALFORMED;
	for (size_t i = 0; (member = value_member(body, i, &name)) != NULL; i++)
		take_member(record, kind, name, member, errors);
	return record_complete(record, kind, errors);
}

static struct value *strings_of(struct arena *arena, struct str lines)
{
	struct value *list = value_list(arena);

	while (!str_absent(lines))
		value_append(list, value_str(arena, str_split(&lines, '\n')));
	return list;
}

struct value *record_value(const struct record *record, size_t index)
{
	struct str text = record->values[index];

	if (record->entity->fields[index].type == FIELD_TAGS)
		return strings_of(record->arena, text);
	if (str_absent(text))
		return value_null(record->arena);
	switch (field_json_kind(record->entity->fields[index].type)) {
	case JSON_INTEGER:
	case JSON_NUMBER:
		return value_number(record->arena, text);
	case JSON_BOOLEAN:
		return value_bool(record->arena, str_is(text, "t"));
	case JSON_STRING:
	case JSON_STRINGS:
		break;
	}
	return value_str(record->arena, text);
}

/* entity_check sees to it that no two members have one name. */
static void put(struct value *map, const char *name, struct value *value)
{
	value_put_new(map, str_from(name), value);
}

void record_to_value(const struct record *record, struct value *map)
{
	bool stored = record->entity->table != NULL;

	if (stored)
		put(map, "id", value_str(record->arena, uuid_text(record->arena, record->id)));
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];

		if (field_is_visible(field) && !(stored && field_is_time_of_row(field)))
			put(map, field->name, record_value(record, i));
	}
	if (!stored)
		return;
	put(map, "version", value_int(record->arena, record->version));
	put(map, "created_at", value_str(record->arena, clock_rfc3339(record->arena, record->created_at)));
	put(map, "updated_at", value_str(record->arena, clock_rfc3339(record->arena, record->updated_at)));
}

/* ---- many rows, printed as they are ---- */

/* What is the same for all rows. */
struct member {
	struct str head, null; /* ,"name": and ,"name":null; absent: it is not shown */
	enum json_kind kind;
};

struct print {
	struct buffer out;
	struct member *members; /* by field */
	int created, updated;   /* the fields that show these times in stored form already; -1: none does */
};

static void print_text(struct buffer *out, const struct member *member, struct str text)
{
	if (str_absent(text)) {
		buffer_add_str(out, member->null);
		return;
	}
	buffer_add_str(out, member->head);
	if (member->kind == JSON_BOOLEAN)
		buffer_add_str(out, str_is(text, "t") ? STR("true") : STR("false"));
	else if (member->kind == JSON_STRING)
		json_string(text, out);
	else
		buffer_add_str(out, text);
}

static struct member *members_of(struct arena *arena, const struct entity *entity)
{
	struct member *members = arena_array(arena, entity->field_count, sizeof(*members));

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		struct buffer text = BUFFER_IN(arena);

		members[i] = (struct member){STR_NONE, STR_NONE, field_json_kind(field->type)};
		if (!field_is_visible(field) || field_is_time_of_row(field))
			continue;
		buffer_add_char(&text, ',');
		json_string(str_from(field->name), &text);
		BUFFER_LITERAL(&text, ":null");
		members[i].null = buffer_str(&text);
		members[i].head = (struct str){text.bytes, text.length - strlen("null")};
	}
	return members;
}

static struct str row_time(const struct record *record, int field, int64_t instant)
{
	return field < 0 ? clock_rfc3339(record->arena, instant) : record->values[field];
}

static void print_row(struct print *print, const struct record *record)
{
	struct buffer *out = &print->out;
	char id[UUID_TEXT_LENGTH + 1];

	uuid_print(record->id, id);
	BUFFER_LITERAL(out, "{\"id\":\"");
	buffer_add(out, id, UUID_TEXT_LENGTH);
	buffer_add_char(out, '"');
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct member *member = &print->members[i];

		if (str_absent(member->head))
			continue;
		if (record->entity->fields[i].type == FIELD_TAGS) {
			buffer_add_str(out, member->head);
			json_print(record_value(record, i), out);
		} else {
			print_text(out, member, record->values[i]);
		}
	}
	BUFFER_LITERAL(out, ",\"version\":");
	buffer_add_int(out, record->version);
	BUFFER_LITERAL(out, ",\"created_at\":\"");
	buffer_add_str(out, row_time(record, print->created, record->created_at));
	BUFFER_LITERAL(out, "\",\"updated_at\":\"");
	buffer_add_str(out, row_time(record, print->updated, record->updated_at));
	BUFFER_LITERAL(out, "\"}");
}

#define RESERVED_MOST ((size_t)256 * 1024)

struct value *records_to_json(struct arena *arena, struct record *const *records, size_t count)
{
	struct print print = {.out = BUFFER_IN(arena)};

	if (count > 0) {
		const struct entity *entity = records[0]->entity;

		print.members = members_of(arena, entity);
		print.created = entity_field(entity, STR("created_at"));
		print.updated = entity_field(entity, STR("updated_at"));
	}
	buffer_add_char(&print.out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_char(&print.out, ',');
		print_row(&print, records[i]);
		/* The others are about as long as the first; where that is a long one, the buffer grows as it must. */
		if (i == 0 && print.out.length < RESERVED_MOST / count)
			buffer_reserve(&print.out, count * (print.out.length + 64));
	}
	buffer_add_char(&print.out, ']');
	return value_json(arena, buffer_str(&print.out));
}
