#include "lib/entity/export.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"
#include "lib/entity/phone.h"
#include "lib/entity/sheet.h"
#include "lib/text/csv.h"
#include "lib/text/json.h"

#define PAGE_ROWS LIST_MOST_LIMIT

struct export
{
	const struct entity *entity;
	enum export_format format;
	struct list_query query;
	int *columns;
	size_t column_count;
	bool with_id, begun;
	int64_t rows;         /* so far */
	struct buffer cursor; /* where the next page begins; not in the arena, which is given back between two pages */
};

static const struct {
	const char *name, *media_type, *suffix;
} formats[] = {
	[EXPORT_SHEET] = {"csv", "text/csv; charset=utf-8", ".csv"},
	[EXPORT_RAW] = {"raw", "text/csv; charset=utf-8", "-raw.csv"},
	[EXPORT_LINES] = {"jsonl", "application/jsonl", ".jsonl"},
};

bool export_format_find(struct str name, enum export_format *out)
{
	for (size_t i = EXPORT_SHEET; i < COUNT_OF(formats); i++)
		if (str_is(name, formats[i].name)) {
			*out = (enum export_format)i;
			return true;
		}
	return false;
}

const char *export_format_name(enum export_format format)
{
	return formats[format].name;
}

const char *export_media_type(enum export_format format)
{
	return formats[format].media_type;
}

const char *export_file_suffix(enum export_format format)
{
	return formats[format].suffix;
}

bool export_has_field(const struct field *field)
{
	return field_is_visible(field) && field_is(field, FIELD_EXPORTABLE | FIELD_CUSTOM);
}

bool export_has_column(const struct field *field)
{
	return export_has_field(field) && !field_is(field, FIELD_API_ONLY);
}

static void release_cursor(void *export)
{
	buffer_free(&((struct export *)export)->cursor);
}

struct export *export_new(struct arena *arena, const struct entity *entity, enum export_format format,
			  const struct list_query *query)
{
	struct export *export = ARENA_NEW(arena, struct export);

	*export = (struct export){
		.entity = entity, .format = format, .query = *query, .with_id = true, .cursor = BUFFER_IN(NULL)};
	export->query.limit = PAGE_ROWS;
	export->columns = arena_array(arena, entity->field_count, sizeof *export->columns);
	for (size_t i = 0; i < entity->field_count; i++)
		if (format == EXPORT_SHEET ? export_has_column(&entity->fields[i])
					   : export_has_field(&entity->fields[i]))
			export->columns[export->column_count++] = (int)i;
	arena_defer(arena, release_cursor, export);
	return export;
}

void export_columns(struct export *export, const int *columns, size_t count, bool with_id)
{
	export->column_count = 0;
	export->with_id = with_id;
	for (size_t i = 0; i < count && i < export->entity->field_count; i++)
		if (export_has_column(&export->entity->fields[columns[i]]))
			export->columns[export->column_count++] = columns[i];
}

/* ---- for people ---- */

/* +1 512… would be a formula; at home nobody writes it so. */
static struct str phone_cell(struct arena *arena, struct str typed)
{
	struct str national = str_starts(typed, STR("+")) ? phone_national(arena, typed) : STR_NONE;

	return str_absent(national) ? typed : national;
}

/* "2026-11-23 07:32": what every spreadsheet takes for a time. */
static struct str instant_cell(struct arena *arena, struct str stored)
{
	int64_t instant;
	struct str wall = clock_from_rfc3339(stored, &instant) ? local_wall(arena, instant) : stored, day = wall,
		   time = wall;

	day = str_split(&time, 'T');
	return str_absent(time) ? wall : arena_printf(arena, "%.*s %.*s", STR_FMT_ARG(day), STR_FMT_ARG(time));
}

static struct str choice_cell(const struct field *field, struct str stored)
{
	for (const struct choice *choice = field->choices; choice->value; choice++)
		if (str_is(stored, choice->value))
			return str_from(choice->label);
	return stored;
}

static struct str tags_cell(struct arena *arena, struct str lines)
{
	struct buffer out = BUFFER_IN(arena);

	while (!str_absent(lines)) {
		struct str name = str_split(&lines, '\n');

		buffer_printf(&out, "%s%.*s", out.length ? "; " : "", STR_FMT_ARG(name));
	}
	return buffer_str(&out);
}

/* What the field is to a person; *plain: digits of our own, which are no formula even below zero. */
static struct str sheet_cell(const struct record *record, int at, bool *plain)
{
	const struct field *field = &record->entity->fields[at];
	struct str stored = record->values[at], label = record_label(record, (size_t)at);

	*plain = false;
	switch (field->type) {
	case FIELD_INTEGER:
	case FIELD_NUMBER:
		*plain = true;
		return stored;
	case FIELD_MONEY:
		*plain = true;
		return money_text(record->arena, stored);
	case FIELD_BOOL:
		return str_is(stored, "t") ? STR("Yes") : STR("No");
	case FIELD_INSTANT:
		return instant_cell(record->arena, stored);
	case FIELD_PHONE:
		return phone_cell(record->arena, stored);
	case FIELD_CHOICE:
		return choice_cell(field, stored);
	case FIELD_REFERENCE:
		return str_absent(label) ? stored : label;
	case FIELD_TAGS:
		return tags_cell(record->arena, stored);
	case FIELD_TEXT:
	case FIELD_LONG_TEXT:
	case FIELD_EMAIL:
	case FIELD_URL:
	case FIELD_IDS:
	case FIELD_SLUG:
	case FIELD_PASSWORD:
	case FIELD_DATE:
		break;
	}
	return stored;
}

static void put_sheet_row(const struct export *export, const struct record *record, struct buffer *out)
{
	for (size_t i = 0; i < export->column_count; i++) {
		struct str cell = STR("");
		bool plain = true;

		if (!str_absent(record->values[export->columns[i]]))
			cell = sheet_cell(record, export->columns[i], &plain);
		csv_write_cell(out, plain ? cell : sheet_guarded(record->arena, cell), i == 0);
	}
	if (export->with_id)
		csv_write_cell(out, uuid_text(record->arena, record->id), export->column_count == 0);
}

static void put_sheet_head(const struct export *export, struct buffer *out)
{
	struct buffer guarded = BUFFER_IN(NULL);

	BUFFER_LITERAL(out, CSV_MARK);
	for (size_t i = 0; i < export->column_count; i++) {
		struct str label = str_from(export->entity->fields[export->columns[i]].label);

		buffer_clear(&guarded);
		buffer_printf(&guarded, "%s%.*s", sheet_is_formula(label) ? "'" : "", STR_FMT_ARG(label));
		csv_write_cell(out, buffer_str(&guarded), i == 0);
	}
	buffer_free(&guarded);
	if (export->with_id)
		csv_write_cell(out, STR("Id of the record"), export->column_count == 0);
}

/* ---- for programs ---- */

/* The layer's own columns stand at the ends, as in JSON. */
static void put_raw_head(const struct export *export, struct buffer *out)
{
	csv_write_cell(out, STR("id"), true);
	for (size_t i = 0; i < export->column_count; i++)
		if (!field_is_time_of_row(&export->entity->fields[export->columns[i]]))
			csv_write_cell(out, str_from(export->entity->fields[export->columns[i]].name), false);
	csv_write_cell(out, STR("version"), false);
	csv_write_cell(out, STR("created_at"), false);
	csv_write_cell(out, STR("updated_at"), false);
}

static void put_raw_row(const struct export *export, const struct record *record, struct buffer *out)
{
	struct arena *arena = record->arena;

	csv_write_cell(out, uuid_text(arena, record->id), true);
	for (size_t i = 0; i < export->column_count; i++) {
		struct str stored = record->values[export->columns[i]];

		if (!field_is_time_of_row(&export->entity->fields[export->columns[i]]))
			csv_write_cell(out, str_absent(stored) ? STR("") : stored, false);
	}
	csv_write_cell(out, arena_printf(arena, "%" PRId64, record->version), false);
	csv_write_cell(out, clock_rfc3339(arena, record->created_at), false);
	csv_write_cell(out, clock_rfc3339(arena, record->updated_at), false);
}

static void put_line(const struct record *record, struct buffer *out)
{
	struct value *map = value_map(record->arena);

	record_to_value(record, map);
	json_print(map, out);
	buffer_add_char(out, '\n');
}

/* ---- all of it ---- */

void export_put_head(const struct export *export, struct buffer *out)
{
	if (export->format == EXPORT_LINES)
		return;
	if (export->format == EXPORT_SHEET)
		put_sheet_head(export, out);
	else
		put_raw_head(export, out);
	csv_write_end(out);
}

void export_put_record(const struct export *export, const struct record *record, struct buffer *out)
{
	if (export->format == EXPORT_LINES) {
		put_line(record, out);
		return;
	}
	if (export->format == EXPORT_SHEET)
		put_sheet_row(export, record, out);
	else
		put_raw_row(export, record, out);
	csv_write_end(out);
}

int64_t export_rows(const struct export *export)
{
	return export->rows;
}

enum err export_next(struct export *export, struct ttx *tx, struct buffer *out, bool *more)
{
	struct list_query query = export->query;
	struct errors *errors = errors_new(ttx_arena(tx));
	struct list_result page;
	enum err err;

	query.cursor = export->cursor.length ? buffer_str(&export->cursor) : STR_NONE;
	err = entity_list(tx, export->entity, &query, errors, &page);
	if (err == OK && export->format == EXPORT_SHEET)
		err = record_load_labels(tx, page.records, page.count, export->columns, export->column_count);
	if (err)
		return err == E_INVALID ? E_INTERNAL : err; /* the cursor is our own */
	if (!export->begun)
		export_put_head(export, out);
	export->begun = true;
	for (size_t i = 0; i < page.count; i++)
		export_put_record(export, page.records[i], out);
	export->rows += (int64_t)page.count;
	*more = !str_absent(page.next_cursor);
	buffer_clear(&export->cursor);
	if (*more)
		buffer_add_str(&export->cursor, page.next_cursor);
	return OK;
}
