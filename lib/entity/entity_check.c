/* Tables are data that people write: what contradicts itself is found at start and by a test, not by a customer. */
#include "lib/entity/entity_internal.h"

struct check {
	const struct entity *entity;
	struct buffer *complaints;
	struct arena *arena; /* of this check */
	bool clean;
};

static void complain(struct check *check, const char *field, const char *what)
{
	buffer_printf(check->complaints, "%s%s%s: %s\n",
		      check->entity->name ? check->entity->name : "(entity without a name)", field ? "." : "",
		      field ? field : "", what);
	check->clean = false;
}

/* Goes into SQL as it is. */
static bool is_identifier(const char *name)
{
	if (!name || !(name[0] >= 'a' && name[0] <= 'z') || strlen(name) > 63)
		return false;
	for (const char *c = name; *c; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '_')
			return false;
	return true;
}

static void check_choices(struct check *check, const struct field *field)
{
	if ((field->type == FIELD_CHOICE) != (field->choices != NULL)) {
		complain(check, field->name, "choices belong to FIELD_CHOICE, and it needs them");
		return;
	}
	for (const struct choice *choice = field->choices; choice && choice->value; choice++) {
		if (!choice->value[0] || !choice->label)
			complain(check, field->name, "a choice needs a value and a label");
		for (const struct choice *other = field->choices; other != choice; other++)
			if (strcmp(other->value, choice->value) == 0)
				complain(check, field->name, "the same choice twice");
	}
}

static void check_default(struct check *check, const struct field *field)
{
	struct errors *errors = errors_new(check->arena);
	struct str text = str_from(field->default_value);

	if (!field->default_value || (field->type == FIELD_CHOICE && !field->choices))
		return;
	if (!field_accept(check->arena, field, &text, errors) || !str_is(text, field->default_value))
		complain(check, field->name, "the default is not a stored value of the field");
}

static const struct flag_rule {
	unsigned flag, excludes;
	const char *complaint;
} flag_rules[] = {
	{FIELD_READ_ONLY, FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_WRITE_ONLY | FIELD_IMPORTABLE,
	 "READ_ONLY and asked for"},
	{FIELD_INTERNAL, FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_WRITE_ONLY | FIELD_IMPORTABLE,
	 "INTERNAL and asked for"},
	{FIELD_INTERNAL, FIELD_LISTED | FIELD_EXPORTABLE | FIELD_SORTABLE | FIELD_FILTERABLE, "INTERNAL and shown"},
	{FIELD_WRITE_ONLY, FIELD_LISTED | FIELD_EXPORTABLE | FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_SEARCHABLE,
	 "WRITE_ONLY and shown"},
	{FIELD_API_ONLY, FIELD_LISTED, "API_ONLY and on the list page"},
	{FIELD_UNASKED, FIELD_REQUIRED | FIELD_READ_ONLY | FIELD_INTERNAL | FIELD_API_ONLY,
	 "UNASKED and always there, or on no form"},
};

static void check_flags(struct check *check, const struct field *field)
{
	for (size_t i = 0; i < COUNT_OF(flag_rules); i++)
		if (field_is(field, flag_rules[i].flag) && field_is(field, flag_rules[i].excludes))
			complain(check, field->name, flag_rules[i].complaint);
	if (field->type == FIELD_PASSWORD && !field_is(field, FIELD_WRITE_ONLY))
		complain(check, field->name, "a password is WRITE_ONLY");
	if (field_is(field, FIELD_SEARCHABLE) && !field_is_text(field->type))
		complain(check, field->name, "SEARCHABLE and not text");
	if (field_is(field, FIELD_FILLED) && !check->entity->before_write)
		complain(check, field->name, "FILLED without a hook that fills it");
	if (field_is(field, FIELD_SORTABLE) && !field_is_never_null(field) && !field_is_time_of_row(field))
		complain(check, field->name, "SORTABLE and may be null: keyset paging would lose rows");
	if (field_is(field, FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_SEARCHABLE) && !check->entity->table)
		complain(check, field->name, "an input has no list");
	if ((strcmp(field->name, "created_at") == 0 || strcmp(field->name, "updated_at") == 0) &&
	    check->entity->table && (field->type != FIELD_INSTANT || !field_is(field, FIELD_READ_ONLY)))
		complain(check, field->name, "created_at and updated_at are READ_ONLY instants");
}

static void check_field(struct check *check, const struct field *field)
{
	static const char *const taken[] = {"id",     "tenant_id", "version", "search_text", "limit",
					    "cursor", "sort",      "q",       "csrf",        NULL};

	if (!is_identifier(field->name)) {
		complain(check, NULL, "a field's name is lower-case letters, digits and underscores");
		return;
	}
	if (name_is_among(str_from(field->name), taken))
		complain(check, field->name, "the name belongs to the layer");
	if (!field->label || !field->label[0])
		complain(check, field->name, "no label");
	if (field->type < FIELD_TEXT || field->type > FIELD_IDS) {
		complain(check, field->name, "no type");
		return;
	}
	if (field->type == FIELD_IDS && check->entity->table)
		complain(check, field->name, "IDS are of an input only");
	if (field_maximum(field) < field_minimum(field) || (field_is_text(field->type) && field->minimum < 0))
		complain(check, field->name, "minimum and maximum contradict each other");
	if ((field->type == FIELD_REFERENCE) != (field->references != NULL) ||
	    (field->references && !field->reference_label))
		complain(check, field->name,
			 "references and reference_label belong to FIELD_REFERENCE, and it needs them");
	if ((field->reference_search || field->reference_details) && !field->references)
		complain(check, field->name, "reference_search and reference_details belong to FIELD_REFERENCE");
	if (field_is(field, FIELD_OWNING) && !field->references)
		complain(check, field->name, "OWNING and no reference");
	if (field->references && !is_identifier(field->references))
		complain(check, field->name, "references is a table's name");
	check_choices(check, field);
	check_default(check, field);
	check_flags(check, field);
}

static void check_stored(struct check *check)
{
	const struct entity *entity = check->entity;
	struct str sort = str_from(entity->default_sort);
	int field;

	if (!is_identifier(entity->table))
		complain(check, NULL, "table is no identifier");
	if (!entity->title_field || entity_field(entity, str_from(entity->title_field)) < 0)
		complain(check, NULL, "title_field is no field");
	if (entity->title_instead && entity_field(entity, str_from(entity->title_instead)) < 0)
		complain(check, NULL, "title_instead is no field");
	if (str_starts(sort, STR("-")))
		sort = (struct str){sort.p + 1, sort.n - 1};
	field = entity_field(entity, sort);
	if (field < 0 || !field_is(&entity->fields[field], FIELD_SORTABLE))
		complain(check, NULL, "default_sort is no SORTABLE field");
}

bool entity_check(const struct entity *entity, struct buffer *complaints)
{
	struct check check = {entity, complaints, arena_new(1024 * 1024), true};

	if (!entity->name || !entity->plural || !entity->label || !entity->label_plural)
		complain(&check, NULL, "name, plural, label and label_plural are needed");
	if (!entity->fields || entity->field_count == 0)
		complain(&check, NULL, "no fields");
	for (size_t i = 0; i < entity->field_count; i++) {
		check_field(&check, &entity->fields[i]);
		for (size_t other = 0; other < i && entity->fields[i].name; other++)
			if (entity->fields[other].name &&
			    strcmp(entity->fields[other].name, entity->fields[i].name) == 0)
				complain(&check, entity->fields[i].name, "twice");
	}
	if (entity->table && check.clean)
		check_stored(&check);
	arena_free(check.arena);
	return check.clean;
}
