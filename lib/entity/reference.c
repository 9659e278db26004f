/* References: ids of other tables' rows of the same tenant. */
#include "lib/entity/entity_internal.h"

#define CHOICES "200"
#define NO_SUCH_ROW(field, errors)                                                                                     \
	errors_add((errors), (field)->name, "not_found", "%s is not one of those that can be chosen.", (field)->label)

static enum err check_reference(struct ttx *tx, const struct field *field, struct str id, struct errors *errors)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	enum err err;

	sql_add(&sql, "SELECT 1 FROM ");
	sql_add(&sql, field->references);
	sql_add(&sql, " WHERE tenant_id = $1 AND id = ");
	sql_argument(&sql, arg_str(id));
	if (field->reference_condition) {
		sql_add(&sql, " AND (");
		sql_add(&sql, field->reference_condition);
		sql_add(&sql, ")");
	}
	err = sql_rows(&sql, tx, field->references, &rows);
	if (err == OK && rows_count(rows) == 0)
		NO_SUCH_ROW(field, errors);
	return err;
}

enum err record_check_references(struct ttx *tx, const struct record *record, const bool *changed,
				 struct errors *errors)
{
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		enum err err;

		if (field->type != FIELD_REFERENCE || !changed[i] || str_absent(record->values[i]))
			continue;
		err = check_reference(tx, field, record->values[i], errors);
		if (err)
			return err;
	}
	return errors_any(errors) ? E_INVALID : OK;
}

static void start_query(struct sql *sql, const struct field *field)
{
	sql_add(sql, "SELECT id, ");
	sql_add(sql, field->reference_label);
	sql_add(sql, " FROM ");
	sql_add(sql, field->references);
	sql_add(sql, " WHERE tenant_id = $1");
}

/* "{id,id}" of the rows pointed at; empty when there are none. */
static struct str pointed_at(struct arena *arena, struct record *const *records, size_t count, size_t field)
{
	struct buffer ids = BUFFER_IN(arena);

	for (size_t i = 0; i < count; i++) {
		if (str_absent(records[i]->values[field]))
			continue;
		buffer_add_char(&ids, ids.length ? ',' : '{');
		buffer_add_str(&ids, records[i]->values[field]);
	}
	if (ids.length)
		buffer_add_char(&ids, '}');
	return buffer_str(&ids);
}

static void set_label(struct record *record, size_t field, struct str label)
{
	if (!record->labels)
		record->labels = arena_array(record->arena, record->entity->field_count, sizeof *record->labels);
	record->labels[field] = label;
}

static enum err load_labels(struct ttx *tx, struct record *const *records, size_t count, size_t at)
{
	const struct field *field = &records[0]->entity->fields[at];
	struct str ids = pointed_at(ttx_arena(tx), records, count, at);
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	enum err err;

	if (ids.n == 0)
		return OK;
	start_query(&sql, field);
	sql_add(&sql, " AND id = ANY(");
	sql_argument(&sql, arg_str(ids));
	sql_add(&sql, "::uuid[])");
	err = sql_rows(&sql, tx, field->references, &rows);
	if (err)
		return err;
	while (rows_next(rows))
		for (size_t i = 0; i < count; i++)
			if (str_equal(records[i]->values[at], rows_str(rows, 0)))
				set_label(records[i], at, rows_str(rows, 1));
	return OK;
}

STATEMENT(all_tags, "SELECT name, name FROM tags WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name, id"
		    " LIMIT " CHOICES);

struct rows *reference_choices_send(struct ttx *tx, const struct field *field)
{
	struct sql sql = sql_new(ttx_arena(tx));

	if (field->type == FIELD_TAGS)
		return ttx_send(tx, &all_tags, NO_ARGS);
	start_query(&sql, field);
	if (field->reference_condition) {
		sql_add(&sql, " AND (");
		sql_add(&sql, field->reference_condition);
		sql_add(&sql, ")");
	}
	sql_add(&sql, " ORDER BY 2, 1 LIMIT " CHOICES);
	return ttx_send_text(tx, field->references, buffer_str(&sql.text),
			     (struct arguments){sql.arguments, sql.count});
}

enum err reference_choices_read(struct ttx *tx, struct rows *rows, struct reference_choices *out)
{
	struct arena *arena = ttx_arena(tx);
	enum err err = rows_wait(rows);

	if (err)
		return err;
	*out = (struct reference_choices){arena_array(arena, rows_count(rows), sizeof *out->ids),
					  arena_array(arena, rows_count(rows), sizeof *out->labels), 0};
	while (rows_next(rows)) {
		out->ids[out->count] = rows_str(rows, 0);
		out->labels[out->count++] = rows_str(rows, 1);
	}
	return OK;
}

static enum err load_choices(struct ttx *tx, struct record *const *records, size_t count, size_t at)
{
	struct reference_choices *choices = ARENA_NEW(ttx_arena(tx), struct reference_choices);
	enum err err = reference_choices_read(tx, reference_choices_send(tx, &records[0]->entity->fields[at]), choices);

	for (size_t i = 0; i < count; i++) {
		if (!records[i]->choices)
			records[i]->choices = arena_array(records[i]->arena, records[i]->entity->field_count,
							  sizeof *records[i]->choices);
		records[i]->choices[at] = choices;
	}
	return err;
}

enum err record_load_labels(struct ttx *tx, struct record *const *records, size_t count, const int *columns,
			    size_t column_count)
{
	enum err err = OK;

	for (size_t i = 0; count && err == OK && i < column_count; i++)
		if (records[0]->entity->fields[columns[i]].type == FIELD_REFERENCE)
			err = load_labels(tx, records, count, (size_t)columns[i]);
	return err;
}

enum err record_load_references(struct ttx *tx, struct record *const *records, size_t count, bool choices)
{
	for (size_t at = 0; count && at < records[0]->entity->field_count; at++) {
		const struct field *field = &records[0]->entity->fields[at];
		bool tags = field->type == FIELD_TAGS;
		enum err err;

		if ((field->type != FIELD_REFERENCE && !tags) || !field_is_visible(field))
			continue;
		err = tags ? OK : load_labels(tx, records, count, at);
		if (err == OK && choices && !field_is_found(field))
			err = load_choices(tx, records, count, at);
		if (err)
			return err;
	}
	return OK;
}
