/* Statements put together from the entity table's own constants. What a client sent is always an argument. */
#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"

struct sql sql_new(struct arena *arena)
{
	return (struct sql){.arena = arena, .text = BUFFER_IN(arena)};
}

struct sql sql_for(struct ttx *tx)
{
	struct sql sql = sql_new(ttx_arena(tx));

	sql.me = ttx_actor(tx)->id;
	return sql;
}

void sql_add(struct sql *sql, const char *constant)
{
	buffer_add_str(&sql->text, str_from(constant));
}

void sql_argument(struct sql *sql, struct argument argument)
{
	if (sql->count == sql->capacity) {
		size_t capacity = sql->capacity ? 2 * sql->capacity : 16;
		struct argument *grown = arena_array(sql->arena, capacity, sizeof *grown);

		for (size_t i = 0; i < sql->count; i++)
			grown[i] = sql->arguments[i];
		sql->arguments = grown;
		sql->capacity = capacity;
	}
	sql->arguments[sql->count++] = argument;
	buffer_printf(&sql->text, "$%zu", sql->count + 1); /* $1 is the tenant */
}

static const char *const layer_columns[] = {"id", "version", "created_at", "updated_at"};
enum { COLUMN_ID, COLUMN_VERSION, COLUMN_CREATED, COLUMN_UPDATED };

void sql_add_columns(struct sql *sql, const struct entity *entity)
{
	for (size_t i = 0; i < COUNT_OF(layer_columns); i++) {
		sql_add(sql, i ? ", " : "");
		sql_add(sql, layer_columns[i]);
	}
	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is_column(&entity->fields[i])) {
			sql_add(sql, ", ");
			sql_add(sql, entity->fields[i].name);
		}
	if (entity->custom)
		sql_add(sql, ", custom");
}

void sql_add_selected(struct sql *sql, const struct entity *entity)
{
	sql_add_columns(sql, entity);
	if (entity->tags_table)
		sql_add_tags(sql, entity);
}

void sql_add_field(struct sql *sql, const struct field *field)
{
	if (!field_is(field, FIELD_CUSTOM)) {
		sql_add(sql, field->name);
		return;
	}
	sql_add(sql, "custom->>");
	sql_argument(sql, arg_text(custom_key(field)));
}

void sql_add_visible(struct sql *sql, const struct entity *entity)
{
	static const char me[] = "@me";
	const char *rest = entity->visible, *found;

	if (!rest)
		return;
	sql_add(sql, " AND (");
	while ((found = strstr(rest, me)) != NULL) {
		buffer_add(&sql->text, rest, (size_t)(found - rest));
		sql_argument(sql, arg_uuid(sql->arena, sql->me));
		rest = found + strlen(me);
	}
	sql_add(sql, rest);
	sql_add(sql, ")");
}

void sql_add_living(struct sql *sql, const struct entity *entity)
{
	if (entity->trash)
		sql_add(sql, " AND deleted_at IS NULL");
	sql_add_visible(sql, entity);
}

int sql_column(const struct entity *entity, int field)
{
	const char *name = entity->fields[field].name;
	int column = COUNT_OF(layer_columns);

	for (size_t i = 0; i < COUNT_OF(layer_columns); i++)
		if (strcmp(name, layer_columns[i]) == 0)
			return (int)i;
	for (int i = 0; i < field; i++)
		column += field_is_column(&entity->fields[i]);
	return column;
}

int sql_column_count(const struct entity *entity)
{
	int count = (int)COUNT_OF(layer_columns) + entity->custom + (entity->tags_table ? 1 : 0);

	for (size_t i = 0; i < entity->field_count; i++)
		count += field_is_column(&entity->fields[i]);
	return count;
}

enum err sql_rows(struct sql *sql, struct ttx *tx, const char *name, struct rows **out)
{
	return ttx_rows_text(tx, name, buffer_str(&sql->text), (struct arguments){sql->arguments, sql->count}, out);
}

/* Numbers, booleans ("t") and ids come in stored form already. */
static struct str stored_form(struct arena *arena, const struct field *field, struct str text)
{
	int64_t instant;

	if (str_absent(text) || field->type != FIELD_INSTANT)
		return text;
	return clock_from_postgres(text, &instant) ? clock_rfc3339(arena, instant) : STR_NONE;
}

struct record *sql_record(struct arena *arena, const struct entity *entity, const struct rows *rows)
{
	struct record *record = record_new(arena, entity);
	int column = COUNT_OF(layer_columns); /* sql_column of the next field that has one of its own */

	record->id = rows_uuid(rows, COLUMN_ID);
	record->version = rows_int(rows, COLUMN_VERSION);
	record->created_at = rows_instant(rows, COLUMN_CREATED);
	record->updated_at = rows_instant(rows, COLUMN_UPDATED);
	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];

		if (field_is_column(field))
			record->values[i] = stored_form(arena, field, rows_str(rows, column++));
		else if (field_is_time_of_row(field))
			record->values[i] =
				clock_rfc3339(arena, *field->name == 'c' ? record->created_at : record->updated_at);
	}
	if (entity->custom)
		custom_read(record, rows_str(rows, column++));
	if (entity->tags_table)
		tags_read(record, rows_str(rows, column));
	return record;
}
