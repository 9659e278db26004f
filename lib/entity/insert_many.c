/* Many rows: what is checked before them, and new ones. */
#include "lib/entity/insert_many.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/history.h"

struct errors *write_errors(struct arena *arena, struct write *write)
{
	if (!write->errors)
		write->errors = errors_new(arena);
	return write->errors;
}

size_t writes_left(const struct write *writes, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		left += writes[i].err == OK;
	return left;
}

/* ---- arguments with one item a row ---- */

static const char *column_type(const struct field *field)
{
	switch (field->type) {
	case FIELD_INTEGER:
	case FIELD_MONEY:
		return "::bigint[]";
	case FIELD_NUMBER:
		return "::numeric[]";
	case FIELD_BOOL:
		return "::boolean[]";
	case FIELD_DATE:
		return "::date[]";
	case FIELD_INSTANT:
		return "::timestamptz[]";
	case FIELD_REFERENCE:
		return "::uuid[]";
	case FIELD_TEXT:
	case FIELD_LONG_TEXT:
	case FIELD_EMAIL:
	case FIELD_PHONE:
	case FIELD_URL:
	case FIELD_SLUG:
	case FIELD_PASSWORD:
	case FIELD_CHOICE:
	case FIELD_TAGS:
	case FIELD_IDS:
		break;
	}
	return "::text[]";
}

typedef struct str row_text(struct arena *, const struct write *, size_t field);

static void add_array(struct sql *sql, const struct write *writes, size_t count, row_text *text, size_t field,
		      const char *type)
{
	struct str *items = arena_array(sql->arena, count, sizeof *items);
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK)
			items[used++] = text(sql->arena, &writes[i], field);
	sql_argument(sql, arg_array(sql->arena, items, used));
	sql_add(sql, type);
}

static struct str text_of_field(struct arena *arena, const struct write *write, size_t field)
{
	(void)arena;
	return write->record->values[field];
}

static struct str text_of_id(struct arena *arena, const struct write *write, size_t field)
{
	(void)field;
	return uuid_text(arena, write->current ? write->current->id : write->record->id);
}

static struct str text_of_custom(struct arena *arena, const struct write *write, size_t field)
{
	(void)arena;
	(void)field;
	return custom_text(write->record);
}

static struct str text_of_search(struct arena *arena, const struct write *write, size_t field)
{
	(void)arena;
	(void)field;
	return search_text(write->record);
}

void sql_argument_field(struct sql *sql, const struct write *writes, size_t count, size_t field)
{
	add_array(sql, writes, count, text_of_field, field, column_type(&writes[0].record->entity->fields[field]));
}

void sql_argument_ids(struct sql *sql, const struct write *writes, size_t count)
{
	add_array(sql, writes, count, text_of_id, 0, "::uuid[]");
}

void sql_argument_custom(struct sql *sql, const struct write *writes, size_t count)
{
	add_array(sql, writes, count, text_of_custom, 0, "::jsonb[]");
}

void sql_argument_search(struct sql *sql, const struct write *writes, size_t count)
{
	add_array(sql, writes, count, text_of_search, 0, "::text[]");
}

/* ---- what is checked before ---- */

static int compare_uuids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct uuid));
}

static struct uuid *sorted_ids(struct arena *arena, struct rows *rows, size_t *count)
{
	struct uuid *ids = arena_array(arena, rows_count(rows) + 1, sizeof *ids);

	*count = 0;
	while (rows_next(rows))
		ids[(*count)++] = rows_uuid(rows, 0);
	qsort(ids, *count, sizeof *ids, compare_uuids);
	return ids;
}

static void refuse(struct arena *arena, struct write *write, const struct field *field)
{
	errors_add(write_errors(arena, write), field->name, "not_found", "%s is not one of those that can be chosen.",
		   field->label);
	write->err = E_INVALID;
}

static enum err check_references(struct ttx *tx, struct write *writes, size_t count, bool *const *changed, size_t at)
{
	struct sql sql = sql_new(ttx_arena(tx));
	const struct field *field = &writes[0].record->entity->fields[at];
	struct str *wanted = arena_array(sql.arena, count, sizeof *wanted);
	struct uuid *there, id;
	size_t used = 0, found;
	struct rows *rows;
	enum err err;

	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK && changed[i][at] && !str_absent(writes[i].record->values[at]))
			wanted[used++] = writes[i].record->values[at];
	if (used == 0)
		return OK;
	sql_add(&sql, "SELECT id FROM ");
	sql_add(&sql, field->references);
	sql_add(&sql, " WHERE tenant_id = $1 AND id = ANY(");
	sql_argument(&sql, arg_array(sql.arena, wanted, used));
	sql_add(&sql, "::uuid[])");
	if (field->reference_condition) {
		sql_add(&sql, " AND (");
		sql_add(&sql, field->reference_condition);
		sql_add(&sql, ")");
	}
	err = sql_rows(&sql, tx, field->references, &rows);
	if (err)
		return err;
	there = sorted_ids(sql.arena, rows, &found);
	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK && changed[i][at] && !str_absent(writes[i].record->values[at]) &&
		    (!uuid_parse(writes[i].record->values[at], &id) ||
		     !bsearch(&id, there, found, sizeof *there, compare_uuids)))
			refuse(sql.arena, &writes[i], field);
	return OK;
}

/* The rows whose tags were changed; asked of the database only when there are names among them. */
static enum err check_tags(struct ttx *tx, struct write *writes, size_t count, bool *const *changed)
{
	int field = entity_tags_field(writes[0].record->entity);
	struct arena *arena = ttx_arena(tx);
	struct buffer names = BUFFER_IN(arena);
	struct str known = STR_NONE;
	enum err err;

	for (size_t i = 0; field >= 0 && i < count; i++)
		if (writes[i].err == OK && changed[i][field] && !str_absent(writes[i].record->values[field]))
			buffer_printf(&names, "%.*s\n", STR_FMT_ARG(writes[i].record->values[field]));
	if (names.length == 0)
		return OK;
	err = tags_known(tx, tags_canonical(arena, buffer_str(&names)), &known);
	for (size_t i = 0; err == OK && i < count; i++)
		if (writes[i].err == OK && changed[i][field] && !str_absent(writes[i].record->values[field]) &&
		    !tags_all_known(writes[i].record, known, write_errors(arena, &writes[i])))
			writes[i].err = E_INVALID;
	return err;
}

/* What a hook says of one row, or a failure of the whole transaction. */
static bool is_of_row(enum err err)
{
	return err == E_INVALID || err == E_CONFLICT || err == E_LIMIT || err == E_PRECONDITION;
}

enum err writes_hook(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;
	enum err err = OK;

	if (entity->before_write_many)
		err = entity->before_write_many(tx, kind, writes, count);
	for (size_t i = 0; err == OK && i < count; i++) {
		struct write *write = &writes[i];

		if (write->err == OK && !entity->before_write_many && entity->before_write)
			write->err = entity->before_write(tx, kind, write->record, write_errors(ttx_arena(tx), write));
		if (write->err == OK && write->errors && errors_any(write->errors))
			write->err = E_INVALID;
		if (write->err && !is_of_row(write->err))
			err = write->err;
	}
	return err;
}

enum err writes_check(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count, bool *const *changed)
{
	const struct entity *entity = writes[0].record->entity;
	enum err err = OK;

	for (size_t at = 0; err == OK && at < entity->field_count; at++)
		if (entity->fields[at].type == FIELD_REFERENCE)
			err = check_references(tx, writes, count, changed, at);
	if (err == OK)
		err = check_tags(tx, writes, count, changed);
	return err ? err : writes_hook(tx, kind, writes, count);
}

enum err writes_told(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;
	enum err err = OK;

	if (entity->after_write_many)
		return entity->after_write_many(tx, kind, writes, count);
	for (size_t i = 0; entity->after_write && err == OK && i < count; i++)
		if (writes[i].err == OK && !writes[i].unchanged)
			err = entity->after_write(tx, kind,
						  kind == WRITE_DELETE ? writes[i].current : writes[i].record);
	return err;
}

/* ---- new rows ---- */

static struct str text_of_version(struct arena *arena, const struct write *write, size_t field)
{
	(void)field;
	return arena_printf(arena, "%" PRId64, write->record->version);
}

static struct str text_of_created(struct arena *arena, const struct write *write, size_t field)
{
	(void)field;
	return clock_rfc3339(arena, write->record->created_at);
}

static struct str text_of_updated(struct arena *arena, const struct write *write, size_t field)
{
	(void)field;
	return clock_rfc3339(arena, write->record->updated_at);
}

static enum err insert_rows(struct ttx *tx, const struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;
	bool searchable = entity_is_searchable(entity);
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;

	sql_add(&sql, "INSERT INTO ");
	sql_add(&sql, entity->table);
	sql_add(&sql, " (tenant_id, ");
	sql_add_columns(&sql, entity);
	sql_add(&sql, searchable ? ", search_text) " : ") ");
	sql_add(&sql, "SELECT $1::uuid, u.* FROM unnest(");
	sql_argument_ids(&sql, writes, count);
	sql_add(&sql, ", ");
	add_array(&sql, writes, count, text_of_version, 0, "::bigint[]");
	sql_add(&sql, ", ");
	add_array(&sql, writes, count, text_of_created, 0, "::timestamptz[]");
	sql_add(&sql, ", ");
	add_array(&sql, writes, count, text_of_updated, 0, "::timestamptz[]");
	for (size_t i = 0; i < entity->field_count; i++)
		if (field_is_column(&entity->fields[i])) {
			sql_add(&sql, ", ");
			sql_argument_field(&sql, writes, count, i);
		}
	if (entity->custom) {
		sql_add(&sql, ", ");
		sql_argument_custom(&sql, writes, count);
	}
	if (searchable) {
		sql_add(&sql, ", ");
		sql_argument_search(&sql, writes, count);
	}
	sql_add(&sql, ") u");
	return sql_rows(&sql, tx, entity->plural, &rows);
}

/* The database refuses a statement as a whole: halves find the rows that it was about. */
static enum err insert_part(struct ttx *tx, struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;
	enum err err;

	if (writes_left(writes, count) == 0)
		return OK;
	err = ttx_savepoint(tx);
	if (err == OK)
		err = insert_rows(tx, writes, count);
	if (err != E_CONFLICT && err != E_INVALID)
		return err;
	if (count == 1) {
		writes->err = store_explain(tx, entity, err, write_errors(ttx_arena(tx), writes));
		writes->refused = true;
		return ttx_restore(tx);
	}
	err = ttx_restore(tx);
	if (err == OK)
		err = insert_part(tx, writes, count / 2);
	return err ? err : insert_part(tx, writes + count / 2, count - count / 2);
}

static void begin_rows(struct ttx *tx, struct write *writes, size_t count, bool **changed)
{
	int64_t now = ttx_now(tx);

	for (size_t i = 0; i < count; i++) {
		struct record *record = writes[i].record;

		changed[i] = arena_array(record->arena, record->entity->field_count, sizeof *changed[i]);
		record->id = uuid_new();
		record->version = 1;
		record->created_at = writes[i].created_at ? writes[i].created_at : now;
		record->updated_at = now;
		record_show_times(record);
		record_fill_mine(tx, record);
		record_mark_changed(record, NULL, changed[i]);
	}
}

/* A lookup's result that nobody waits for: what fails shows at the commit. */
static void send_tags(struct ttx *tx, const struct write *writes, size_t count)
{
	const struct entity *entity = writes[0].record->entity;
	struct sql sql = sql_new(ttx_arena(tx));
	struct str *ids, *names;
	size_t used = tags_pairs(sql.arena, writes, count, &ids, &names);

	if (used == 0)
		return;
	sql_add(&sql, "INSERT INTO ");
	sql_add(&sql, entity->tags_table);
	sql_add(&sql, " (tenant_id, row_id, tag_id) SELECT $1::uuid, u.row_id, t.id FROM unnest(");
	sql_argument(&sql, arg_array(sql.arena, ids, used));
	sql_add(&sql, "::uuid[], ");
	sql_argument(&sql, arg_array(sql.arena, names, used));
	sql_add(&sql, "::text[]) AS u (row_id, name) JOIN tags t ON t.tenant_id = $1 AND t.deleted_at IS NULL AND"
		      " t.name = u.name ON CONFLICT DO NOTHING");
	(void)ttx_send_text(tx, entity->tags_table, buffer_str(&sql.text),
			    (struct arguments){sql.arguments, sql.count});
}

enum err entity_insert_many(struct ttx *tx, struct write *writes, size_t count)
{
	struct arena *arena = ttx_arena(tx);
	bool **changed = arena_array(arena, count + 1, sizeof *changed);
	const struct record **written = arena_array(arena, count + 1, sizeof *written);
	size_t used = 0;
	enum err err;

	if (count == 0)
		return OK;
	begin_rows(tx, writes, count, changed);
	err = writes_check(tx, WRITE_CREATE, writes, count, changed);
	if (err == OK)
		err = insert_part(tx, writes, count);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (writes[i].err == OK)
			written[used++] = writes[i].record;
	if (entity_tags_field(writes[0].record->entity) >= 0)
		send_tags(tx, writes, count);
	history_send_many(tx, HISTORY_CREATED, written, used, used ? written[0]->updated_at : 0);
	return writes_told(tx, WRITE_CREATE, writes, count);
}
