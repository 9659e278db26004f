/* Tags: a company's own words for its rows, many to many. To the rest of the layer they are one field of a row. */
#include <stdlib.h>

#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/insert_many.h"

int entity_tags_field(const struct entity *entity)
{
	for (size_t i = 0; entity->tags_table && i < entity->field_count; i++)
		if (entity->fields[i].type == FIELD_TAGS)
			return (int)i;
	return -1;
}

/* ---- names, one a line ---- */

static int compare_names(const void *a, const void *b)
{
	const struct str *one = a, *other = b;
	int order = memcmp(one->p, other->p, one->n < other->n ? one->n : other->n);

	return order ? order : (one->n > other->n) - (one->n < other->n);
}

static size_t split_lines(struct arena *arena, struct str lines, struct str **out)
{
	size_t most = 1, count = 0;

	for (size_t i = 0; i < lines.n; i++)
		most += lines.p[i] == '\n';
	*out = arena_array(arena, most, sizeof **out);
	while (!str_absent(lines)) {
		struct str name = str_trim(str_split(&lines, '\n'));

		if (name.n)
			(*out)[count++] = name;
	}
	return count;
}

struct str tags_canonical(struct arena *arena, struct str lines)
{
	struct buffer out = BUFFER_IN(arena);
	struct str *names;
	size_t count = split_lines(arena, lines, &names);

	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && str_equal(names[i], names[i - 1]))
			continue;
		if (out.length)
			buffer_add_char(&out, '\n');
		buffer_add_str(&out, names[i]);
	}
	return out.length ? buffer_str(&out) : STR_NONE;
}

bool tags_hold(struct str lines, struct str name)
{
	while (!str_absent(lines))
		if (str_equal(str_split(&lines, '\n'), name))
			return true;
	return false;
}

struct str tags_with(struct arena *arena, struct str lines, struct str name, bool on)
{
	struct buffer out = BUFFER_IN(arena);

	while (!str_absent(lines)) {
		struct str line = str_split(&lines, '\n');

		if (!str_equal(line, name))
			buffer_printf(&out, "%.*s\n", STR_FMT_ARG(line));
	}
	if (on)
		buffer_add_str(&out, name);
	return tags_canonical(arena, buffer_str(&out));
}

struct argument arg_lines(struct arena *arena, struct str lines)
{
	struct str *names;
	size_t count = split_lines(arena, lines, &names);

	return arg_array(arena, names, count);
}

/* ---- the row's ---- */

void sql_add_tags(struct sql *sql, const struct entity *entity)
{
	sql_add(sql, ", (SELECT string_agg(t.name || E'\\t' || t.tone, E'\\n' ORDER BY t.name COLLATE \"C\") FROM ");
	sql_add(sql, entity->tags_table);
	sql_add(sql, " j JOIN tags t ON t.tenant_id = $1 AND t.id = j.tag_id WHERE j.tenant_id = $1 AND j.row_id = ");
	sql_add(sql, entity->table);
	sql_add(sql, ".id AND t.deleted_at IS NULL)");
}

void tags_read(struct record *record, struct str selected)
{
	struct buffer names = BUFFER_IN(record->arena);
	int field;

	record->tones = selected;
	while (!str_absent(selected)) {
		struct str line = str_split(&selected, '\n');

		if (names.length)
			buffer_add_char(&names, '\n');
		buffer_add_str(&names, str_split(&line, '\t'));
	}
	if (names.length && (field = entity_tags_field(record->entity)) >= 0)
		record->values[field] = buffer_str(&names);
}

/* ---- writing ---- */

STATEMENT(find_tags, "SELECT name FROM tags WHERE tenant_id = $1 AND deleted_at IS NULL AND name = ANY($2)");

enum err tags_known(struct ttx *tx, struct str names, struct str *known)
{
	struct buffer found = BUFFER_IN(ttx_arena(tx));
	struct rows *rows;
	enum err err = ttx_rows(tx, &find_tags, ARGS(arg_lines(ttx_arena(tx), names)), &rows);

	while (err == OK && rows_next(rows))
		buffer_printf(&found, "%.*s\n", STR_FMT_ARG(rows_str(rows, 0)));
	*known = buffer_str(&found);
	return err;
}

bool tags_all_known(const struct record *record, struct str known, struct errors *errors)
{
	const struct field *field = &record->entity->fields[entity_tags_field(record->entity)];
	struct str names = record->values[entity_tags_field(record->entity)];
	bool all = true;

	while (!str_absent(names)) {
		struct str name = str_split(&names, '\n');

		if (tags_hold(known, name))
			continue;
		errors_add(errors, field->name, "not_found", "There is no tag \"%.*s\". Tags are made in the settings.",
			   STR_FMT_ARG(name));
		all = false;
	}
	return all;
}

enum err tags_check(struct ttx *tx, const struct record *record, const bool *changed, struct errors *errors)
{
	int field = entity_tags_field(record->entity);
	struct str known;
	enum err err;

	if (field < 0 || !changed[field] || str_absent(record->values[field]))
		return OK;
	err = tags_known(tx, record->values[field], &known);
	if (err)
		return err;
	(void)tags_all_known(record, known, errors);
	return errors_any(errors) ? E_INVALID : OK;
}

size_t tags_pairs(struct arena *arena, const struct write *writes, size_t count, struct str **ids, struct str **names)
{
	int field = entity_tags_field(writes[0].record->entity);
	size_t used = 0;

	*ids = arena_array(arena, count * TAGS_MOST, sizeof **ids);
	*names = arena_array(arena, count * TAGS_MOST, sizeof **names);
	for (size_t i = 0; i < count; i++) {
		struct str lines = writes[i].err == OK ? writes[i].record->values[field] : STR_NONE;

		for (size_t k = 0; k < TAGS_MOST && !str_absent(lines); k++) {
			(*names)[used] = str_split(&lines, '\n');
			(*ids)[used++] = uuid_text(arena, writes[i].record->id);
		}
	}
	return used;
}

/* A tag in the trash keeps its rows, for the day it is restored. */
void tags_send(struct ttx *tx, const struct record *record)
{
	const struct entity *entity = record->entity;
	struct argument names = arg_lines(record->arena, record->values[entity_tags_field(entity)]);
	struct sql removal = sql_new(record->arena), addition = sql_new(record->arena);

	sql_add(&removal, "DELETE FROM ");
	sql_add(&removal, entity->tags_table);
	sql_add(&removal, " WHERE tenant_id = $1 AND row_id = ");
	sql_argument(&removal, arg_uuid(record->arena, record->id));
	sql_add(&removal, " AND tag_id IN (SELECT t.id FROM tags t WHERE t.tenant_id = $1 AND t.deleted_at IS NULL"
			  " AND t.name <> ALL(");
	sql_argument(&removal, names);
	sql_add(&removal, "))");
	(void)ttx_send_text(tx, entity->tags_table, buffer_str(&removal.text),
			    (struct arguments){removal.arguments, removal.count});
	sql_add(&addition, "INSERT INTO ");
	sql_add(&addition, entity->tags_table);
	sql_add(&addition, " (tenant_id, row_id, tag_id) SELECT $1::uuid, ");
	sql_argument(&addition, arg_uuid(record->arena, record->id));
	sql_add(&addition,
		"::uuid, t.id FROM tags t WHERE t.tenant_id = $1 AND t.deleted_at IS NULL AND t.name = ANY(");
	sql_argument(&addition, names);
	sql_add(&addition, ") ON CONFLICT DO NOTHING");
	(void)ttx_send_text(tx, entity->tags_table, buffer_str(&addition.text),
			    (struct arguments){addition.arguments, addition.count});
}
