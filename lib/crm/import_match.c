/* Which rows a line means, and what is to be done with it. */
#include <inttypes.h>

#include "lib/base/utf8.h"
#include "lib/crm/import_internal.h"
#include "lib/entity/sheet.h"

static bool is_by_id(const struct import *import)
{
	return strcmp(import->options.key->name, "id") == 0;
}

/* The living rows of one key's values. `condition`: which of them; NULL: all. */
static enum err look_up(struct ttx *tx, const struct import *import, const struct import_key *key,
			const char *condition, const struct str *values, size_t count, struct lookup_hit *hits)
{
	struct lookup lookup = {.table = import->entity->table,
				.column = key->column,
				.condition = import->entity->trash ? "deleted_at IS NULL" : NULL,
				.any_case = key->any_case};
	bool any = false;

	if (condition && lookup.condition)
		lookup.condition = arena_printf(ttx_arena(tx), "%s AND %s", lookup.condition, condition).p;
	else if (condition)
		lookup.condition = condition;
	for (size_t i = 0; i < count; i++) {
		any = any || !str_absent(values[i]);
		hits[i] = (struct lookup_hit){uuid_zero(), 0};
	}
	return any ? lookup_many(tx, &lookup, values, count, hits) : OK;
}

static void take_hit(struct line *line, const struct lookup_hit *hit)
{
	line->row_id = hit->id;
	line->matches = hit->matches;
}

static enum err match_by_key(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str *values = arena_array(arena, count + 1, sizeof *values);
	struct lookup_hit *hits = arena_array(arena, count + 1, sizeof *hits);
	enum err err = OK;

	for (size_t i = 0; i < count; i++)
		values[i] = lines[i]->key;
	if (!is_by_id(import))
		err = look_up(tx, import, import->options.key, NULL, values, count, hits);
	for (size_t i = 0; err == OK && i < count; i++) {
		/* An id is its own look-up. */
		if (!str_absent(values[i]) && is_by_id(import) && uuid_parse(values[i], &hits[i].id))
			hits[i].matches = 1;
		take_hit(lines[i], &hits[i]);
	}
	return err;
}

/* `with_key`: the lines that have the first key, which look among rows without it; else those that have it not. */
static enum err match_by_other_key(struct ttx *tx, const struct import *import, bool with_key,
				   struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str *values = arena_array(arena, count + 1, sizeof *values);
	struct lookup_hit *hits = arena_array(arena, count + 1, sizeof *hits);
	const char *without = arena_printf(arena, "%s IS NULL", import->options.key->column).p;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (str_absent(lines[i]->key) != with_key)
			values[i] = lines[i]->other_key;
	err = look_up(tx, import, import_key_otherwise(import), with_key ? without : NULL, values, count, hits);
	for (size_t i = 0; err == OK && i < count; i++) {
		if (hits[i].matches == 0)
			continue;
		if (lines[i]->matches == 0)
			take_hit(lines[i], &hits[i]);
		else
			lines[i]->disagree = true;
	}
	return err;
}

STATEMENT(find_fingerprints,
	  "SELECT f.fingerprint, f.row_id FROM import_rows f WHERE f.tenant_id = $1 AND f.fingerprint = ANY($2::uuid[])"
	  " AND f.undone_version IS NULL ORDER BY f.row_id");

/* Lines without a key that were taken before, by this import or another. */
static enum err match_by_fingerprint(struct ttx *tx, struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str *values = arena_array(arena, count + 1, sizeof *values);
	struct rows *rows;
	size_t asked = 0;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (!lines[i]->current && lines[i]->matches < 2) {
			values[i] = uuid_text(arena, lines[i]->fingerprint);
			asked++;
		}
	if (asked == 0)
		return OK;
	err = ttx_rows(tx, &find_fingerprints, ARGS(arg_array(arena, values, count)), &rows);
	while (err == OK && rows_next(rows)) {
		struct uuid known = rows_uuid(rows, 0);

		for (size_t i = 0; i < count; i++)
			if (!str_absent(values[i]) && uuid_equal(lines[i]->fingerprint, known)) {
				lines[i]->row_id = rows_uuid(rows, 1);
				lines[i]->outcome = LINE_UNCHANGED;
			}
	}
	return err;
}

/* The rows themselves, held until the end of the transaction. */
static enum err load_rows(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct uuid *ids = arena_array(arena, count + 1, sizeof *ids);
	struct record **rows = arena_array(arena, count + 1, sizeof *rows);
	size_t *from = arena_array(arena, count + 1, sizeof *from), used = 0;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (lines[i]->matches == 1) {
			from[used] = i;
			ids[used++] = lines[i]->row_id;
		}
	err = entity_get_many(tx, import->entity, ids, used, ttx_mode(tx) == TX_WRITE, rows);
	for (size_t i = 0; err == OK && i < used; i++) {
		lines[from[i]]->current = rows[i];
		if (!rows[i])
			lines[from[i]]->matches = 0;
	}
	return err;
}

STATEMENT(find_same_file,
	  "SELECT o.id FROM imports o JOIN imports i ON i.tenant_id = $1 AND i.id = $2 AND i.file_sha256 = "
	  "o.file_sha256 AND i.time_zone = o.time_zone WHERE o.tenant_id = $1 AND o.id <> $2 AND o.entity = $3 "
	  "AND o.encoding = $4 AND o.delimiter = $5 AND o.mapping = $6::jsonb AND o.options = $7::jsonb AND "
	  "o.state IN ('done', 'stopped', 'broken')");
/* Those that it had read; an import may have been stopped. */
STATEMENT(
	find_as_left,
	"SELECT u.number FROM unnest($3::uuid[], $4::bigint[], $5::bigint[]) AS u (row_id, version, number) JOIN "
	"import_rows r ON r.tenant_id = $1 AND r.row_id = u.row_id AND r.version_after = u.version JOIN imports o ON "
	"o.tenant_id = $1 AND o.id = r.import_id AND u.number <= o.row_count + 1 WHERE r.tenant_id = $1 AND "
	"r.import_id = ANY($2::uuid[]) AND r.undone_version IS NULL AND NOT EXISTS (SELECT 1 FROM import_rows f WHERE "
	"f.tenant_id = $1 AND f.import_id = r.import_id AND f.number = u.number AND f.outcome IN ('failed', 'held'))");

/* Imports of the same file with the same choices, as an array; absent: there are none. */
static enum err same_file(struct ttx *tx, const struct import *import, struct argument *out)
{
	struct arena *arena = ttx_arena(tx);
	const char delimiter[2] = {import->form.delimiter, '\0'};
	struct str *ids;
	struct rows *rows;
	size_t used = 0;
	enum err err = ttx_rows(tx, &find_same_file,
				ARGS(arg_uuid(arena, import->id), arg_text(import->entity->plural),
				     arg_text(csv_encoding_name(import->form.encoding)), arg_text(delimiter),
				     arg_str(import_print_mapping(arena, import->columns, import->column_count)),
				     arg_str(import_print_options(arena, &import->options))),
				&rows);

	*out = arg_null();
	if (err || rows_count(rows) == 0)
		return err;
	ids = arena_array(arena, rows_count(rows), sizeof *ids);
	while (rows_next(rows))
		ids[used++] = uuid_text(arena, rows_uuid(rows, 0));
	*out = arg_array(arena, ids, used);
	return OK;
}

/*
 * A file may have several lines of one row, and only the last of them says what became of it. Where the row still
 * stands as the same file left it, each that was taken then is known: compared one by one, they would change it to and
 * fro.
 */
static enum err find_those_as_left(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str *ids = arena_array(arena, count + 1, sizeof *ids),
		   *versions = arena_array(arena, count + 1, sizeof *versions),
		   *numbers = arena_array(arena, count + 1, sizeof *numbers);
	struct argument earlier;
	struct rows *rows;
	size_t used = 0;
	enum err err = same_file(tx, import, &earlier);

	if (err || str_absent(earlier.text))
		return err;
	for (size_t i = 0; i < count; i++)
		if (lines[i]->current) {
			ids[used] = uuid_text(arena, lines[i]->row_id);
			versions[used] = arena_printf(arena, "%" PRId64, record_version(lines[i]->current));
			numbers[used++] = arena_printf(arena, "%" PRId64, lines[i]->number);
		}
	err = ttx_rows(tx, &find_as_left,
		       ARGS(earlier, arg_array(arena, ids, used), arg_array(arena, versions, used),
			    arg_array(arena, numbers, used)),
		       &rows);
	while (err == OK && rows_next(rows)) {
		int64_t number = rows_int(rows, 0);

		for (size_t i = 0; i < count; i++)
			lines[i]->as_left = lines[i]->as_left || lines[i]->number == number;
	}
	return err;
}

/* A row of the fingerprint may have gone to the trash meanwhile: then the line is new again. */
static enum err drop_gone(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct uuid *ids = arena_array(arena, count + 1, sizeof *ids);
	struct record **rows = arena_array(arena, count + 1, sizeof *rows);
	size_t *from = arena_array(arena, count + 1, sizeof *from), used = 0;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (lines[i]->outcome == LINE_UNCHANGED && !lines[i]->current) {
			from[used] = i;
			ids[used++] = lines[i]->row_id;
		}
	err = entity_get_many(tx, import->entity, ids, used, false, rows);
	for (size_t i = 0; err == OK && i < used; i++)
		if (!rows[i]) {
			lines[from[i]]->outcome = LINE_OPEN;
			lines[from[i]]->row_id = uuid_zero();
		}
	return err;
}

enum err lines_match(struct ttx *tx, const struct import *import, struct line *const *lines, size_t count)
{
	enum err err = import->options.key ? match_by_key(tx, import, lines, count) : OK;

	if (err == OK && import_key_otherwise(import))
		err = match_by_other_key(tx, import, true, lines, count);
	if (err == OK && import_key_otherwise(import))
		err = match_by_other_key(tx, import, false, lines, count);
	if (err == OK)
		err = load_rows(tx, import, lines, count);
	if (err == OK && import->options.key)
		err = find_those_as_left(tx, import, lines, count);
	/* A key that is not found says that the row is new; an id, that it is from elsewhere. */
	if (err == OK) {
		struct line **unknown = arena_array(ttx_arena(tx), count + 1, sizeof(struct line *));
		size_t used = 0;

		for (size_t i = 0; i < count; i++)
			if (line_is_keyless(import, lines[i]) && !lines[i]->current)
				unknown[used++] = lines[i];
		err = used ? match_by_fingerprint(tx, unknown, used) : OK;
		if (err == OK && used)
			err = drop_gone(tx, import, unknown, used);
	}
	return err;
}

bool line_is_keyless(const struct import *import, const struct line *line)
{
	return (str_absent(line->key) && str_absent(line->other_key)) || is_by_id(import);
}

/* ---- what is to be done ---- */

#define FAIL(line, ...) (errors_add((line)->errors, __VA_ARGS__), LINE_FAILED)

static const char *label_of(const struct import *import, const char *field)
{
	return import->entity->fields[entity_field(import->entity, str_from(field))].label;
}

enum line_outcome line_plan(const struct import *import, struct line *line)
{
	const struct import_options *options = &import->options;

	if (line->outcome == LINE_FAILED || line->outcome == LINE_UNCHANGED)
		return line->outcome;
	if (line->matches > 1)
		return FAIL(line, options->key->field, "several", "More than one %s has this %s.", import->entity->name,
			    options->key->label);
	if (line->disagree)
		return FAIL(line, options->key->field, "several", "%s and %s belong to different %s.",
			    label_of(import, options->key->field), label_of(import, options->key->otherwise),
			    import->entity->plural);
	if (line->current)
		return options->mode == IMPORT_CREATE || line->as_left ? LINE_UNCHANGED : LINE_UPDATED;
	if (options->mode != IMPORT_UPDATE)
		return LINE_CREATED;
	if (str_absent(line->key) && str_absent(line->other_key))
		return FAIL(line, options->key->field, "no_key", "The row has no %s to find the %s by.",
			    options->key->label, import->entity->name);
	return FAIL(line, options->key->field, "not_found", "No %s has this %s.", import->entity->name,
		    options->key->label);
}

/* ---- the record of it ---- */

/* The tags of all three, each once; the entity's check sorts and counts them. */
static void add_tags(const struct import *import, struct line *line)
{
	int field = entity_field(import->entity, STR("tags"));
	struct record *record = line->record;
	bool whole = field >= 0 && record_given(record, field) &&
		     import_is_raw(import->columns, import->column_count); /* the file has all of them */
	struct str had = field >= 0 && line->current && !whole ? record_get(line->current, field) : STR_NONE;
	struct buffer all = BUFFER_IN(NULL);

	if (field < 0 || ((whole || str_absent(record_get(record, field))) && import->options.tags.n == 0))
		return;
	buffer_printf(&all, "%.*s\n%.*s\n%.*s", STR_FMT_ARG(had), STR_FMT_ARG(record_get(record, field)),
		      STR_FMT_ARG(import->options.tags));
	record_take_stored(record, field, buffer_str(&all), line->errors);
	buffer_free(&all);
}

static void add_defaults(const struct import *import, struct line *line)
{
	const struct value *item;
	struct str name;

	for (size_t i = 0; (item = value_member(import->options.defaults, i, &name)) != NULL; i++) {
		int field = entity_field(import->entity, name);

		if (field >= 0 && !record_given(line->record, field))
			record_take_cell(line->record, field, value_as_str(item), false, line->errors);
	}
}

/* A key that matches but for its case is the same: it is not written anew. */
static void keep_key(const struct import *import, struct line *line)
{
	const struct import_key *key = import->options.key;

	if (key && key->any_case && !str_absent(line->key) && !str_absent(record_text(line->current, key->field)))
		record_set_text(line->record, key->field, record_text(line->current, key->field));
}

/*
 * A list from elsewhere does not know that somebody has opted out since. The row fails rather than that it is taken
 * without this cell: whoever brings it believes that these people may be texted.
 */
static void check_consent(const struct import *import, struct line *line)
{
	int field = entity_field(import->entity, STR("sms_consent"));

	if (field >= 0 && str_is(record_get(line->record, field), "t") && str_is(record_get(line->current, field), "f"))
		errors_add(line->errors, "sms_consent", "not_allowed",
			   "This %s may not be texted, and a file does not change that. Change it on the %s's page, or "
			   "leave the column out.",
			   import->entity->name, import->entity->name);
}

bool line_complete(const struct import *import, struct line *line, enum write_kind kind)
{
	if (kind == WRITE_CREATE) {
		add_defaults(import, line);
	} else {
		keep_key(import, line);
		check_consent(import, line);
	}
	add_tags(import, line);
	return record_finish(line->record, kind, line->errors) == OK;
}
