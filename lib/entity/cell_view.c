/* One stored value as it is read: in the rows of a detail page and in the cells of a list. */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"
#include "lib/entity/phone.h"

struct cell {
	struct arena *arena;
	const struct record *record;
	const struct field *field;
	size_t index;
	struct str stored; /* never absent where a function of the table is called */
	struct value *map;
};

static void show_text(struct cell *cell)
{
	value_put_str(cell->map, "text", cell->stored);
}

static void show_phone(struct cell *cell)
{
	show_text(cell);
	value_put_url(cell->map, "tel_url", phone_tel_url(cell->arena, cell->stored));
}

static void show_email(struct cell *cell)
{
	struct str domain = cell->stored, local = str_split(&domain, '@');
	struct buffer url = BUFFER_IN(cell->arena);

	BUFFER_LITERAL(&url, "mailto:");
	url_encode(&url, local);
	buffer_add_char(&url, '@');
	buffer_add_str(&url, domain);
	show_text(cell);
	value_put_url(cell->map, "mail_url", buffer_str(&url));
}

static void show_url(struct cell *cell)
{
	show_text(cell);
	value_put_url(cell->map, "link_url", cell->stored);
}

static void show_money(struct cell *cell)
{
	value_put_str(cell->map, "text", money_label(cell->arena, cell->stored));
}

static void show_bool(struct cell *cell)
{
	value_put_text(cell->map, "text", str_is(cell->stored, "t") ? "Yes" : "No");
}

static void show_instant(struct cell *cell)
{
	int64_t instant;

	value_put_str(cell->map, "datetime", cell->stored);
	if (clock_from_rfc3339(cell->stored, &instant)) {
		value_put_str(cell->map, "text", local_time(cell->arena, instant));
		value_put_str(cell->map, "date", local_date(cell->arena, instant));
	}
}

/* Written like the day of an instant, but a date has no zone to be shown in. */
static void show_date(struct cell *cell)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct str rest = cell->stored, year = str_split(&rest, '-'), month = str_split(&rest, '-');
	int number = month.n == 2 ? (month.p[0] - '0') * 10 + month.p[1] - '0' : 0;

	show_text(cell);
	if (number < 1 || number > 12 || rest.n != 2)
		return;
	if (rest.p[0] == '0')
		rest = (struct str){rest.p + 1, 1};
	value_put_str(cell->map, "text",
		      arena_printf(cell->arena, "%.*s %.3s %.*s", STR_FMT_ARG(rest), months + 3 * (number - 1),
				   STR_FMT_ARG(year)));
	value_put_str(cell->map, "date", value_as_str(value_get(cell->map, STR("text"))));
}

static void show_choice(struct cell *cell)
{
	show_text(cell);
	for (const struct choice *choice = cell->field->choices; choice->value; choice++) {
		if (!str_is(cell->stored, choice->value))
			continue;
		value_put_text(cell->map, "text", choice->label);
		value_put_text(cell->map, "tone", choice->tone);
		value_put_bool(cell->map, "is_badge", choice->tone != NULL);
	}
}

/* The id stands in when the other row was not read. */
static void show_reference(struct cell *cell)
{
	struct str label = record_label(cell->record, cell->index);
	const struct entity *other = entity_of_table(cell->field->references);

	value_put_str(cell->map, "text", str_absent(label) ? cell->stored : label);
	if (other && !str_absent(label))
		value_put_url(cell->map, "row_url",
			      arena_printf(cell->arena, "/%s/%.*s", other->plural, STR_FMT_ARG(cell->stored)));
}

/* Tones are known of a row that was read, not of what it once was. */
static void show_tags(struct cell *cell)
{
	struct value *list = value_put_list(cell->map, "tags");
	struct buffer text = BUFFER_IN(cell->arena);

	for (struct str names = cell->stored; !str_absent(names);) {
		struct str name = str_split(&names, '\n'), tones = cell->record->tones;
		struct value *tag = value_map(cell->arena);

		value_put_str(tag, "name", name);
		value_put_text(tag, "tone", "secondary");
		while (!str_absent(tones)) {
			struct str tone = str_split(&tones, '\n');

			if (str_equal(str_split(&tone, '\t'), name))
				value_put_str(tag, "tone", tone);
		}
		value_append(list, tag);
		buffer_printf(&text, "%s%.*s", text.length ? ", " : "", STR_FMT_ARG(name));
	}
	value_put_str(cell->map, "text", buffer_str(&text));
}

/* clang-format off */
static const struct cell_kind {
	const char *flag; /* true for this type; NULL: plain text */
	void (*show)(struct cell *);
} cell_kinds[] = {
	[FIELD_TEXT] = {NULL, show_text},
	[FIELD_LONG_TEXT] = {"is_long", show_text},
	[FIELD_EMAIL] = {"is_mail", show_email},
	[FIELD_PHONE] = {"is_tel", show_phone},
	[FIELD_URL] = {"is_link", show_url},
	[FIELD_SLUG] = {NULL, show_text},
	[FIELD_PASSWORD] = {NULL, show_text}, /* write only: never shown */
	[FIELD_INTEGER] = {"is_number", show_text},
	[FIELD_NUMBER] = {"is_number", show_text},
	[FIELD_MONEY] = {"is_money", show_money},
	[FIELD_BOOL] = {"is_bool", show_bool},
	[FIELD_DATE] = {"is_date", show_date},
	[FIELD_INSTANT] = {"is_instant", show_instant},
	[FIELD_CHOICE] = {NULL, show_choice},
	[FIELD_REFERENCE] = {"is_reference", show_reference},
	[FIELD_TAGS] = {"is_tags", show_tags},
	[FIELD_IDS] = {"is_long", show_text}, /* of an input only: never shown */
};
/* clang-format on */

static struct value *add_cell(struct value *list, const struct record *record, size_t index)
{
	static const char *const nulls[] = {"text",     "tone",    "tel_url",  "mail_url",
					    "link_url", "row_url", "datetime", "date"};
	const struct entity *entity = record->entity;
	const struct field *field = &entity->fields[index];
	struct arena *arena = value_arena(list);
	struct cell cell = {arena, record, field, index, record->values[index], value_map(arena)};

	value_append(list, cell.map);
	value_put_text(cell.map, "name", field->name);
	value_put_text(cell.map, "label", field->label);
	for (size_t i = 0; i < COUNT_OF(nulls); i++)
		value_put_text(cell.map, nulls[i], NULL);
	for (size_t i = FIELD_TEXT; i < COUNT_OF(cell_kinds); i++)
		if (cell_kinds[i].flag)
			value_put_bool(cell.map, cell_kinds[i].flag, false);
	if (cell_kinds[field->type].flag)
		value_put_bool(cell.map, cell_kinds[field->type].flag, !str_absent(cell.stored));
	value_put_bool(cell.map, "is_badge", false);
	value_put_bool(cell.map, "is_empty", str_absent(cell.stored));
	value_put_bool(cell.map, "is_title", entity->title_field && strcmp(entity->title_field, field->name) == 0);
	if (!str_absent(cell.stored))
		cell_kinds[field->type].show(&cell);
	return cell.map;
}

void record_show_view(const struct record *record, struct value *list)
{
	const char *last = NULL;

	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];

		if (field_is_visible(field) && !field_is(field, FIELD_API_ONLY))
			view_put_group(add_cell(list, record, i), record->entity, i, &last);
	}
}

void record_cells_view(const struct record *record, struct value *list)
{
	const char *last = NULL;

	for (size_t i = 0; i < record->entity->field_count; i++) {
		struct value *cell;

		if (!field_is(&record->entity->fields[i], FIELD_LISTED))
			continue;
		cell = add_cell(list, record, i);
		if (value_as_bool(value_get(cell, STR("is_title"))))
			value_put_str(cell, "text", record_title(record));
		view_put_group(cell, record->entity, i, &last);
	}
}

void record_cells_of(const struct record *record, const int *columns, size_t count, struct value *list)
{
	for (size_t i = 0; i < count; i++) {
		struct value *cell = add_cell(list, record, (size_t)columns[i]);

		value_put_text(cell, "group", NULL);
		value_put_bool(cell, "group_start", false);
	}
}

struct str record_field_text(const struct record *record, int field)
{
	struct value *cell = add_cell(value_list(record->arena), record, (size_t)field);

	return str_absent(record->values[field]) ? STR_NONE : value_as_str(value_get(cell, STR("text")));
}
