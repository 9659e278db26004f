#include "lib/crm/custom_field.h"

#include "lib/base/utf8.h"
#include "lib/entity/custom.h"
#include "lib/tenant/tenant.h"

#define CHOICES_MOST 100
#define CHOICE_LENGTH_MOST 100

static const struct choice owners[] = {
	{"leads", "Leads", NULL},
	{"contacts", "Contacts", NULL},
	{"properties", "Properties", NULL},
	{"equipment", "Equipment", NULL},
	{NULL, NULL, NULL},
};

static const struct choice types[] = {
	{"text", "Text", NULL},     {"number", "Number", NULL},    {"date", "Date", NULL},
	{"choice", "Choice", NULL}, {"yes_no", "Yes or no", NULL}, {NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "label",
		.label = "Name",
		.help = "What people read: \"Gate code\", \"Filter size\".",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | FIELD_EXPORTABLE,
		.maximum = 60,
	},
	{
		.name = "name",
		.label = "Key",
		.help = "In JSON and addresses, behind custom_. Made from the first name and kept when that changes.",
		.type = FIELD_TEXT,
		.flags = FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "entity",
		.label = "Belongs to",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_LISTED | FIELD_FILTERABLE | FIELD_EXPORTABLE,
		.choices = owners,
	},
	{
		.name = "type",
		.label = "Kind",
		.help = "Cannot be changed later: values would be lost.",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_LISTED | FIELD_EXPORTABLE,
		.choices = types,
	},
	{
		.name = "choices",
		.label = "Choices",
		.help = "One a line. For the kind Choice only.",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_EXPORTABLE,
		.maximum = 4000,
	},
	{
		.name = "help",
		.label = "Explanation",
		.help = "Stands below the field in forms.",
		.type = FIELD_TEXT,
		.flags = FIELD_EXPORTABLE,
		.maximum = 200,
	},
	{
		.name = "is_required",
		.label = "Must be filled in",
		.type = FIELD_BOOL,
		.flags = FIELD_EXPORTABLE,
		.default_value = "f",
	},
	{
		.name = "is_listed",
		.label = "Is a column of the list",
		.type = FIELD_BOOL,
		.flags = FIELD_LISTED | FIELD_EXPORTABLE,
		.default_value = "f",
	},
	{
		.name = "position",
		.label = "Place",
		.help = "Small numbers come first.",
		.type = FIELD_INTEGER,
		.flags = FIELD_SORTABLE | FIELD_LISTED | FIELD_EXPORTABLE,
		.maximum = 10000,
		.default_value = "0",
	},
};

/* ---- the key ---- */

/* "Gate code" becomes gate_code. Absent when nothing of it is a letter or digit of ASCII. */
static struct str key_of(struct arena *arena, struct str label)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < label.n && out.length < 40; i++) {
		char c = label.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && out.length > 0))
			buffer_add_char(&out, c);
		else if (out.length > 0 && out.bytes[out.length - 1] != '_')
			buffer_add_char(&out, '_');
	}
	while (out.length > 0 && out.bytes[out.length - 1] == '_')
		out.length--;
	return out.length ? buffer_str(&out) : STR_NONE;
}

/* ---- choices ---- */

static bool has_line(struct str lines, struct str wanted)
{
	while (!str_absent(lines))
		if (str_equal(str_trim(str_split(&lines, '\n')), wanted))
			return true;
	return false;
}

static void check_choices(struct record *record, struct errors *errors)
{
	struct str lines = record_text(record, "choices"), rest = lines;
	bool is_choice = str_is(record_text(record, "type"), "choice");
	size_t count = 0;

	if (!is_choice && !str_absent(lines)) {
		errors_add(errors, "choices", "not_allowed", "Only the kind Choice has choices.");
		return;
	}
	while (is_choice && !str_absent(rest)) {
		struct str line = str_trim(str_split(&rest, '\n'));

		count += line.n > 0;
		if (utf8_length(line) > CHOICE_LENGTH_MOST)
			errors_add(errors, "choices", "too_long", "A choice can have at most %d characters.",
				   CHOICE_LENGTH_MOST);
		else if (line.n && !str_absent(rest) && has_line(rest, line))
			errors_add(errors, "choices", "repeated", "“%.*s” is there twice.", STR_FMT_ARG(line));
	}
	if (is_choice && count == 0)
		errors_add(errors, "choices", "required", "Write at least one choice, one a line.");
	if (count > CHOICES_MOST)
		errors_add(errors, "choices", "too_long", "There can be at most %d choices.", CHOICES_MOST);
}

/* One row that holds the value is enough to keep the choice. */
#define HOLDER(table)                                                                                                  \
	{                                                                                                              \
#table,                                                                                                \
		{                                                                                                      \
			"custom_field_" #table, "SELECT 1 FROM " #table " WHERE tenant_id = $1 AND deleted_at IS NULL" \
						" AND custom->>$2 = $3 LIMIT 1"                                        \
		}                                                                                                      \
	}
static const struct {
	const char *entity;
	struct statement statement;
} holders[] = {HOLDER(leads), HOLDER(contacts), HOLDER(properties), HOLDER(equipment)};

static enum err keep_used_choices(struct ttx *tx, const struct record *record, struct errors *errors)
{
	struct str rest = record_text(record_before(record), "choices"), now = record_text(record, "choices");
	const struct statement *holder = NULL;

	for (size_t i = 0; i < COUNT_OF(holders); i++)
		if (str_is(record_text(record, "entity"), holders[i].entity))
			holder = &holders[i].statement;
	while (holder && !str_absent(rest)) {
		struct str line = str_trim(str_split(&rest, '\n'));
		struct rows *rows;
		enum err err;

		if (line.n == 0 || has_line(now, line))
			continue;
		err = ttx_rows(tx, holder, ARGS(arg_str(record_text(record, "name")), arg_str(line)), &rows);
		if (err)
			return err;
		if (rows_count(rows))
			errors_add(errors, "choices", "in_use", "“%.*s” is chosen somewhere: it cannot go.",
				   STR_FMT_ARG(line));
	}
	return OK;
}

/* ---- hooks ---- */

STATEMENT(lock_company, "SELECT 1 FROM tenants WHERE tenant_id = $1 FOR UPDATE");
STATEMENT(count_fields,
	  "SELECT count(*), count(*) FILTER (WHERE name = $3) FROM custom_fields WHERE tenant_id = $1 AND entity = $2"
	  " AND deleted_at IS NULL");
/* Forms, lists and documents read it from the company's snapshot. */
STATEMENT(store_definitions,
	  "UPDATE tenants SET custom_fields = (SELECT coalesce(jsonb_agg(jsonb_build_object('entity', f.entity, "
	  "'name', f.name,"
	  " 'label', f.label, 'type', f.type, 'choices', f.choices, 'help', f.help, 'is_required', f.is_required,"
	  " 'is_listed', f.is_listed) ORDER BY f.position, f.id), '[]') FROM custom_fields f"
	  " WHERE f.tenant_id = $1 AND f.deleted_at IS NULL) WHERE tenant_id = $1");

static enum err make_key(struct ttx *tx, struct record *record, struct errors *errors)
{
	struct str key = key_of(ttx_arena(tx), record_text(record, "label"));
	struct rows *row;
	enum err err;

	if (str_absent(key)) {
		errors_add(errors, "label", "not_allowed",
			   "The name needs a letter from a to z: its key is made of it.");
		return OK;
	}
	record_set_text(record, "name", key);
	err = ttx_one(tx, &count_fields, ARGS(arg_str(record_text(record, "entity")), arg_str(key)), &row);
	if (err == OK && rows_int(row, 1))
		errors_add(errors, "label", "taken", "There is a field of this name already.");
	if (err == OK && rows_int(row, 0) >= CUSTOM_FIELDS_MOST)
		errors_add(errors, "entity", "limit", "There can be at most %d fields of your own here.",
			   CUSTOM_FIELDS_MOST);
	return err;
}

/* The company's row is held from here to the commit, so that no two changes store what only one of them has seen. */
static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	enum err err = ttx_exec(tx, &lock_company, NO_ARGS, NULL);

	if (err || kind == WRITE_DELETE)
		return err;
	check_choices(record, errors);
	return kind == WRITE_CREATE ? make_key(tx, record, errors) : keep_used_choices(tx, record, errors);
}

enum err custom_fields_publish(struct ttx *tx)
{
	enum err err = ttx_exec(tx, &store_definitions, NO_ARGS, NULL);

	return err ? err : tenant_changed(tx);
}

static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *record)
{
	(void)kind;
	(void)record;
	return custom_fields_publish(tx);
}

const struct entity custom_field_entity = {
	.name = "custom field",
	.plural = "custom_fields",
	.label = "Custom field",
	.label_plural = "Custom fields",
	.icon = "forms",
	.table = "custom_fields",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "label",
	.default_sort = "position",
	.empty_hint =
		"A gate code, a filter size, the name of the dog: what you ask for and no other company does. A field "
		"shows up in forms, lists, filters and the API at once.",
	.trash = true,
	.history = true,
	.before_write = before_write,
	.after_write = after_write,
};
