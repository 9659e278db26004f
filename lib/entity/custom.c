#include "lib/entity/custom.h"

#include "lib/entity/entity_internal.h"
#include "lib/text/json.h"

/* ---- definitions ---- */

static const struct {
	const char *name;
	enum field_type type;
	unsigned flags;
	int64_t minimum, maximum;
} types[] = {
	{"text", FIELD_TEXT, FIELD_SEARCHABLE, 0, 500},
	{"number", FIELD_NUMBER, 0, 0, 0},
	{"date", FIELD_DATE, 0, 0, 0},
	{"choice", FIELD_CHOICE, 0, 0, 0},
	{"yes_no", FIELD_BOOL, 0, 0, 0},
};

static struct str member(const struct value *definition, const char *name)
{
	return value_as_str(value_get(definition, str_from(name)));
}

static const char *member_text(struct arena *arena, const struct value *definition, const char *name)
{
	struct str text = member(definition, name);

	return text.n ? arena_c_string(arena, text) : NULL;
}

/* One a line; the line is both the value and what people read. */
static const struct choice *read_choices(struct arena *arena, struct str lines)
{
	struct choice *choices;
	size_t count = 0, most = 1;

	for (size_t i = 0; i < lines.n; i++)
		most += lines.p[i] == '\n';
	choices = arena_array(arena, most + 1, sizeof *choices);
	while (!str_absent(lines)) {
		struct str line = str_trim(str_split(&lines, '\n'));

		if (line.n)
			choices[count++] =
				(struct choice){arena_c_string(arena, line), arena_c_string(arena, line), NULL};
	}
	return choices;
}

static bool read_definition(struct arena *arena, const struct value *definition, struct field *field)
{
	struct str type = member(definition, "type"), name = member(definition, "name");

	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (!str_is(type, types[i].name) || name.n == 0)
			continue;
		*field = (struct field){
			.name = arena_printf(arena, CUSTOM_PREFIX "%.*s", STR_FMT_ARG(name)).p,
			.label = member_text(arena, definition, "label"),
			.help = member_text(arena, definition, "help"),
			.type = types[i].type,
			.flags = FIELD_CUSTOM | FIELD_FILTERABLE | FIELD_EXPORTABLE | FIELD_IMPORTABLE | types[i].flags,
			.minimum = types[i].minimum,
			.maximum = types[i].maximum,
		};
		if (value_truth(value_get(definition, STR("is_required"))))
			field->flags |= FIELD_REQUIRED;
		if (value_truth(value_get(definition, STR("is_listed"))))
			field->flags |= FIELD_LISTED;
		if (field->type == FIELD_CHOICE)
			field->choices = read_choices(arena, member(definition, "choices"));
		return field->label != NULL;
	}
	return false;
}

const struct entity *entity_with_custom(struct arena *arena, const struct entity *entity, struct str definitions)
{
	const struct value *definition;
	struct value *list;
	struct entity *own;
	struct field *fields;
	struct str why;
	size_t count;

	if (!entity || !entity->custom || definitions.n <= 2 ||
	    json_parse(arena, definitions, &json_limits_request, &list, &why) != OK)
		return entity;
	count = entity->field_count;
	fields = arena_array(arena, count + value_count(list), sizeof *fields);
	memcpy(fields, entity->fields, count * sizeof *fields);
	for (size_t i = 0; (definition = value_at(list, i)) != NULL; i++)
		if (str_is(member(definition, "entity"), entity->plural) &&
		    read_definition(arena, definition, &fields[count])) {
			if (count == entity->field_count)
				fields[count].group = "Your fields";
			count++;
		}
	if (count == entity->field_count)
		return entity;
	own = ARENA_NEW(arena, struct entity);
	*own = *entity;
	own->fields = fields;
	own->field_count = count;
	return own;
}

/* ---- values ---- */

const char *custom_key(const struct field *field)
{
	return field->name + strlen(CUSTOM_PREFIX);
}

static struct value *parse_values(struct arena *arena, struct str custom)
{
	struct value *map;
	struct str why;

	if (custom.n <= 2 || json_parse(arena, custom, &json_limits_request, &map, &why) != OK)
		return value_map(arena);
	return map;
}

/* What an older definition of the same name left behind in another form is as good as nothing. */
static struct str stored_form(struct record *record, const struct field *field, const struct value *value)
{
	struct str text =
		value_type(value) == VALUE_BOOL ? (value_as_bool(value) ? STR("t") : STR("f")) : value_as_str(value);

	if (str_absent(text) || !field_accept(record->arena, field, &text, errors_new(record->arena)))
		return STR_NONE;
	return text;
}

void custom_read(struct record *record, struct str custom)
{
	const struct value *values = NULL;

	record->custom = custom;
	if (custom.n <= strlen("{}"))
		return;
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		const struct value *value;

		if (!field_is(field, FIELD_CUSTOM))
			continue;
		if (!values)
			values = parse_values(record->arena, custom);
		value = value_get(values, str_from(custom_key(field)));
		if (value)
			record->values[i] = stored_form(record, field, value);
	}
}

struct str custom_text(const struct record *record)
{
	/* Values of fields that are in the trash wait there for them. */
	struct value *map = parse_values(record->arena, record->before ? record->before->custom : record->custom);
	struct buffer out = BUFFER_IN(record->arena);

	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];

		if (field_is(field, FIELD_CUSTOM) &&
		    (!str_absent(record->values[i]) || value_get(map, str_from(custom_key(field)))))
			value_put(map, custom_key(field), record_value(record, i));
	}
	json_print(map, &out);
	return buffer_str(&out);
}
