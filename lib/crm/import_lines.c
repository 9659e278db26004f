/* Rows of the file as lines: read from where the import stands, taken apart into records, matched with what is there. */
#include <sodium.h>

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/import_internal.h"
#include "lib/entity/phone.h"
#include "lib/entity/sheet.h"
#include "lib/tenant/data_file.h"

/* ---- out of the file ---- */

struct gathering {
	struct arena *arena;
	struct lines *lines;
	int64_t number; /* of the row that comes next */
	bool skip;      /* the row of headings */
};

/* What cannot be kept as text is shown by question marks. */
static struct str as_text(struct arena *arena, struct str cell)
{
	char *text = arena_c_string(arena, cell);

	for (size_t i = 0; i < cell.n && !utf8_valid(cell); i++)
		if ((unsigned char)text[i] >= 0x80 || text[i] == '\0')
			text[i] = '?';
	return (struct str){text, cell.n};
}

struct lines lines_new(struct arena *arena, size_t most)
{
	return (struct lines){.items = arena_array(arena, most + 1, sizeof(struct line)), .most = most};
}

static bool gather(void *context, const struct csv_row *row)
{
	struct gathering *gathering = context;
	struct lines *lines = gathering->lines;
	struct line *line;

	if (gathering->skip) {
		gathering->skip = false;
		return true;
	}
	line = &lines->items[lines->count++];
	line->number = gathering->number++;
	line->complaint = row->complaint;
	line->count = row->count;
	line->cells = arena_array(gathering->arena, row->count + 1, sizeof *line->cells);
	for (size_t i = 0; i < row->count; i++) {
		line->cells[i] = as_text(gathering->arena, row->cells[i]);
		lines->bytes += sizeof row->cells[i] + row->cells[i].n;
	}
	return lines->count < lines->most && lines->bytes < STEP_BYTES;
}

enum err lines_of_file(struct ttx *tx, const struct import *import, struct lines *lines, int64_t *next,
		       const char **broken, bool *end)
{
	struct arena *arena = ttx_arena(tx);
	struct gathering gathering = {arena, lines, import->counts.rows + 2, import->position == import->form.start};
	struct csv_reader *reader = csv_reader_new(arena, &import->form, import->position, gather, &gathering);
	enum csv_state state = CSV_MORE;
	int64_t offset = import->position;
	enum err err = OK;

	*end = false;
	while (state == CSV_MORE && !*end && offset - import->position < STEP_FILE_BYTES) {
		struct str bytes;

		err = data_file_read(tx, import->file, offset, &bytes);
		if (err)
			return err;
		*end = str_absent(bytes);
		offset += (int64_t)bytes.n;
		state = *end ? csv_reader_end(reader) : csv_reader_feed(reader, bytes);
	}
	*next = csv_reader_position(reader);
	*broken = state == CSV_BROKEN ? csv_reader_complaint(reader) : NULL;
	return OK;
}

STATEMENT(read_held,
	  "SELECT number, cells, there FROM (SELECT number, cells, count(*) OVER () AS there, sum(bytes) OVER (ORDER "
	  "BY number) - bytes AS before FROM (SELECT number, cells, octet_length(cells::text) AS bytes FROM "
	  "import_rows WHERE tenant_id = $1 AND import_id = $2 AND outcome = 'held' AND number > $3 ORDER BY number "
	  "LIMIT $4) r) w WHERE before < $5 ORDER BY number");

enum err lines_of_held(struct ttx *tx, const struct import *import, struct lines *lines, int64_t *next, bool *end)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	size_t there = 0;
	enum err err = ttx_rows(tx, &read_held,
				ARGS(arg_uuid(arena, import->id), arg_int(arena, import->position),
				     arg_int(arena, (int64_t)lines->most), arg_int(arena, (int64_t)STEP_BYTES)),
				&rows);

	*next = import->position;
	while (err == OK && rows_next(rows)) {
		struct line *line = &lines->items[lines->count++];

		*next = line->number = rows_int(rows, 0);
		line->count = strings_read(arena, rows_str(rows, 1), &line->cells);
		there = (size_t)rows_int(rows, 2);
	}
	*end = err == OK && lines->count == there && there < lines->most;
	return err;
}

/* ---- into records ---- */

static struct str cell_of(const struct line *line, size_t column)
{
	return column < line->count ? str_trim(line->cells[column]) : STR("");
}

static struct errors *errors_of(struct arena *arena, struct line *line)
{
	if (!line->errors)
		line->errors = errors_new(arena);
	return line->errors;
}

/* 1990-01-01: what is older is a mistake, or the zero of some program. */
#define CREATED_LEAST (INT64_C(631152000) * 1000000)

static void take_created(struct ttx *tx, const struct import *import, struct line *line, struct str cell)
{
	int field = entity_field(import->entity, STR(TARGET_CREATED));
	struct record *record = record_new(ttx_arena(tx), import->entity);
	struct errors *errors = errors_of(ttx_arena(tx), line);

	if (cell.n == 0 || !record_take_cell(record, field, cell, false, errors) ||
	    !clock_from_rfc3339(record_get(record, field), &line->created_at))
		return;
	if (line->created_at < CREATED_LEAST || line->created_at > ttx_now(tx))
		errors_add(errors, TARGET_CREATED, "out_of_range", "Created must lie between 1990 and now.");
}

static void take_cells(struct ttx *tx, const struct import *import, struct line *line)
{
	struct arena *arena = ttx_arena(tx);
	struct buffer name = BUFFER_IN(arena);
	struct errors *errors = errors_of(arena, line);
	bool raw = import_is_raw(import->columns, import->column_count);
	int field;

	line->record = record_new(arena, import->entity);
	for (size_t i = 0; i < import->column_count; i++) {
		const struct import_column *column = &import->columns[i];
		struct str cell = cell_of(line, i);

		if (cell.n && (str_is(column->target, TARGET_FIRST) || str_is(column->target, TARGET_LAST)))
			buffer_printf(&name, "%s%.*s", name.length ? " " : "", STR_FMT_ARG(cell));
		field = entity_field(import->entity, column->target);
		if (str_is(column->target, TARGET_CREATED)) {
			take_created(tx, import, line, cell);
			continue;
		}
		if (field < 0 || import->entity->fields[field].type == FIELD_REFERENCE)
			continue;
		if (raw && str_equal(column->header, column->target))
			record_take_stored(line->record, field, cell, errors);
		else
			record_take_cell(line->record, field, cell, str_equal(column->header, column->target), errors);
	}
	field = entity_field(import->entity, STR("name"));
	if (name.length && field >= 0 && str_absent(record_get(line->record, field)))
		record_take_cell(line->record, field, buffer_str(&name), false, errors);
}

/* A comma too many moves all that follows into the wrong fields: nothing of such a row is to be believed. */
static void check_width(const struct import *import, struct line *line)
{
	for (size_t i = import->column_count; i < line->count; i++)
		if (str_trim(line->cells[i]).n) {
			errors_add(
				line->errors, NULL, "too_many_cells",
				"The row has more cells than there are headings. Most often a cell holds the separator "
				"and is not in quotes, like 12 Oak St, Apt 3.");
			return;
		}
}

/* References of one column: ids as they are, names by one look-up for all lines. */
static enum err take_references(struct ttx *tx, const struct import *import, struct lines *lines, size_t column)
{
	struct arena *arena = ttx_arena(tx);
	int at = entity_field(import->entity, import->columns[column].target);
	const struct field *field = &import->entity->fields[at];
	struct lookup lookup = lookup_of_reference(field);
	struct str *names = arena_array(arena, lines->count + 1, sizeof *names);
	struct lookup_hit *hits = arena_array(arena, lines->count + 1, sizeof *hits);
	bool raw = import_is_raw(import->columns, import->column_count);
	struct uuid id;
	enum err err;

	for (size_t i = 0; i < lines->count; i++) {
		struct str cell = sheet_without_guard(cell_of(&lines->items[i], column));

		if (cell.n && uuid_parse(cell, &id))
			record_set(lines->items[i].record, at, uuid_text(arena, id));
		else if (cell.n && !lines->items[i].complaint)
			names[i] = cell;
		else if (raw && !cell.n)
			record_set(lines->items[i].record, at, STR_NONE);
	}
	err = lookup_many(tx, &lookup, names, lines->count, hits);
	for (size_t i = 0; err == OK && i < lines->count; i++) {
		if (str_absent(names[i]))
			continue;
		if (hits[i].matches == 1)
			record_set(lines->items[i].record, at, uuid_text(arena, hits[i].id));
		else
			errors_add(errors_of(arena, &lines->items[i]), field->name, "not_found",
				   hits[i].matches ? "%s: more than one is called “%.*s”."
						   : "%s: none is called “%.*s”.",
				   field->label, STR_FMT_ARG(utf8_prefix(names[i], 80)));
	}
	return err;
}

STATEMENT(make_missing_tags, "INSERT INTO tags (tenant_id, id, name) SELECT $1::uuid, gen_random_uuid(), w.name FROM "
			     "unnest($2::text[]) AS w "
			     "(name) WHERE length(w.name) BETWEEN 1 AND 40 ON CONFLICT DO NOTHING");

static enum err make_tags(struct ttx *tx, const struct import *import, const struct lines *lines)
{
	struct arena *arena = ttx_arena(tx);
	int field = entity_field(import->entity, STR("tags"));
	struct buffer all = BUFFER_IN(arena);
	struct str *names, rest, last = STR_NONE;
	size_t count = 0;

	if (field < 0)
		return OK;
	for (size_t i = 0; i < lines->count; i++) {
		struct str tags = lines->items[i].record ? record_get(lines->items[i].record, field) : STR_NONE;

		if (!str_absent(tags) && !str_equal(tags, last))
			buffer_printf(&all, "%.*s\n", STR_FMT_ARG(tags));
		last = tags;
	}
	if (import->options.tags.n)
		buffer_add_str(&all, import->options.tags);
	names = arena_array(arena, all.length + 1, sizeof *names);
	for (rest = buffer_str(&all); !str_absent(rest);) {
		struct str name = str_trim(str_split(&rest, '\n'));
		bool seen = name.n == 0;

		for (size_t i = 0; i < count && !seen; i++)
			seen = str_equal(names[i], name);
		if (!seen)
			names[count++] = name;
	}
	return count ? ttx_exec(tx, &make_missing_tags, ARGS(arg_array(arena, names, count)), NULL) : OK;
}

/* ---- what a line is known by ---- */

static struct uuid fingerprint(const struct import *import, const struct line *line)
{
	crypto_generichash_state hash;
	struct uuid out;
	const struct str head = str_from(import->entity->plural);

	crypto_generichash_init(&hash, NULL, 0, sizeof out.bytes);
	crypto_generichash_update(&hash, (const unsigned char *)head.p, head.n);
	for (size_t i = 0; i < import->column_count; i++) {
		struct str target = import->columns[i].target, cell = cell_of(line, i);
		const unsigned char end = '\0';

		if (target.n == 0 || cell.n == 0)
			continue;
		crypto_generichash_update(&hash, (const unsigned char *)target.p, target.n);
		crypto_generichash_update(&hash, &end, 1);
		crypto_generichash_update(&hash, (const unsigned char *)cell.p, cell.n);
		crypto_generichash_update(&hash, &end, 1);
	}
	crypto_generichash_final(&hash, out.bytes, sizeof out.bytes);
	return out;
}

static struct str id_of(struct arena *arena, const struct import *import, struct line *line)
{
	int column = import_column_of(import, TARGET_ID);
	struct str cell = column < 0 ? STR("") : cell_of(line, (size_t)column);
	struct uuid id;

	if (cell.n == 0)
		return STR_NONE;
	if (uuid_parse(cell, &id))
		return uuid_text(arena, id);
	errors_add(errors_of(arena, line), NULL, "not_an_id", "“%.*s” is no id of a record.",
		   STR_FMT_ARG(utf8_prefix(cell, 60)));
	return STR_NONE;
}

static struct str key_of(struct arena *arena, const struct import *import, const struct import_key *key,
			 struct line *line)
{
	struct str value;

	if (!key)
		return STR_NONE;
	if (strcmp(key->name, "id") == 0)
		return id_of(arena, import, line);
	value = record_get(line->record, entity_field(import->entity, str_from(key->field)));
	return str_absent(value) || strcmp(key->name, "phone") != 0 ? value : phone_e164(arena, value);
}

static void find_keys(struct arena *arena, const struct import *import, struct line *line)
{
	line->fingerprint = fingerprint(import, line);
	line->key = key_of(arena, import, import->options.key, line);
	line->other_key = key_of(arena, import, import_key_otherwise(import), line);
}

enum err lines_parse(struct ttx *tx, const struct import *import, struct lines *lines, bool with_tags)
{
	struct arena *arena = ttx_arena(tx);
	enum err err = OK;

	for (size_t i = 0; i < lines->count; i++) {
		struct line *line = &lines->items[i];

		take_cells(tx, import, line);
		check_width(import, line);
		if (line->complaint) {
			line->errors = errors_new(arena);
			errors_add(line->errors, NULL, "not_readable", "%s", line->complaint);
		}
	}
	for (size_t c = 0; err == OK && c < import->column_count; c++) {
		int field = entity_field(import->entity, import->columns[c].target);

		if (field >= 0 && import->entity->fields[field].type == FIELD_REFERENCE)
			err = take_references(tx, import, lines, c);
	}
	if (err == OK && with_tags)
		err = make_tags(tx, import, lines);
	for (size_t i = 0; err == OK && i < lines->count; i++) {
		find_keys(arena, import, &lines->items[i]);
		if (errors_any(errors_of(arena, &lines->items[i])))
			lines->items[i].outcome = LINE_FAILED;
	}
	return err;
}
