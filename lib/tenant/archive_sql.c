/* Statements for a table of the catalogue. Names come from there alone, in quotes; values are arguments. */
#include "lib/tenant/archive_internal.h"

#define KEY_MOST 8

static bool is_type(const struct archive_column *column, const char *type)
{
	return strcmp(column->type, type) == 0;
}

static bool is_bytea(const struct archive_column *column)
{
	return is_type(column, "bytea");
}

/* In a form from which the same value comes back, in whatever a program reads JSON with: large numbers as text, instants in UTC to the microsecond. */
static void put_out(struct buffer *sql, const struct archive_column *column)
{
	if (is_type(column, "timestamp with time zone"))
		buffer_printf(sql, "to_char(x.\"%s\" AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
			      column->name);
	else if (is_bytea(column))
		buffer_printf(sql, "translate(encode(x.\"%s\", 'base64'), E'\\n', '')", column->name);
	else if (is_type(column, "bigint") || strncmp(column->type, "numeric", strlen("numeric")) == 0)
		buffer_printf(sql, "x.\"%s\"::text", column->name);
	else
		buffer_printf(sql, "x.\"%s\"", column->name);
	buffer_printf(sql, " AS \"%s\"", column->name);
}

/* The columns of the key in their order; the company's own row has none behind its tenant_id. */
static size_t key_of(const struct archive_table *table, const struct archive_column *key[KEY_MOST])
{
	size_t count = 0;

	for (int place = 1; place < KEY_MOST; place++)
		for (size_t i = 0; i < table->column_count; i++)
			if (table->columns[i].key == place)
				key[count++] = &table->columns[i];
	return count;
}

static void put_key(struct buffer *sql, const struct archive_column *const *key, size_t count, const char *prefix,
		    const char *suffix)
{
	for (size_t i = 0; i < count; i++)
		buffer_printf(sql, "%s%s.\"%s\"%s", i ? ", " : "", prefix, key[i]->name, suffix);
}

struct str archive_select_sql(struct arena *arena, const struct archive_table *table, bool behind_key)
{
	const struct archive_column *key[KEY_MOST];
	struct buffer sql = BUFFER_IN(arena);
	size_t count = key_of(table, key), put = 0;

	BUFFER_LITERAL(&sql, "SELECT row_to_json(r)::text");
	if (count > 0)
		BUFFER_LITERAL(&sql, ", ");
	put_key(&sql, key, count, "r", "::text");
	BUFFER_LITERAL(&sql, " FROM (SELECT ");
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].bytes)
			continue;
		buffer_add_str(&sql, put++ ? STR(", ") : STR(""));
		put_out(&sql, &table->columns[i]);
	}
	buffer_printf(&sql, " FROM \"%s\" x WHERE x.tenant_id = $1", table->name);
	if (table->where)
		buffer_printf(&sql, " AND %s", table->where);
	if (behind_key) {
		BUFFER_LITERAL(&sql, " AND (");
		put_key(&sql, key, count, "x", "");
		BUFFER_LITERAL(&sql, ") > (");
		for (size_t i = 0; i < count; i++)
			buffer_printf(&sql, "%s$%zu::%s", i ? ", " : "", i + 3, key[i]->type);
		BUFFER_LITERAL(&sql, ")");
	}
	if (count > 0)
		BUFFER_LITERAL(&sql, " ORDER BY ");
	put_key(&sql, key, count, "x", "");
	BUFFER_LITERAL(&sql, " LIMIT $2::bigint) r");
	return buffer_str(&sql);
}

/* ---- back ---- */

/* jsonb_to_recordset gives each column its type from the text; bytes go through base64. */
static void put_rows(struct buffer *sql, const struct archive_table *table, const struct str *names, size_t count)
{
	BUFFER_LITERAL(sql, " FROM jsonb_to_recordset($2::jsonb) AS r (");
	for (size_t i = 0; i < count; i++) {
		const struct archive_column *column = archive_column_find(table, names[i]);

		buffer_printf(sql, "%s\"%s\" %s", i ? ", " : "", column->name,
			      is_bytea(column) ? "text" : column->type);
	}
	BUFFER_LITERAL(sql, ")");
}

static void put_in(struct buffer *sql, const struct archive_column *column)
{
	if (is_bytea(column))
		buffer_printf(sql, "decode(r.\"%s\", 'base64')", column->name);
	else
		buffer_printf(sql, "r.\"%s\"", column->name);
}

/* The company is there already: what it says of itself is replaced. */
static struct str profile_sql(struct arena *arena, const struct archive_table *table, const struct str *names,
			      size_t count)
{
	struct buffer sql = BUFFER_IN(arena);

	buffer_printf(&sql, "UPDATE \"%s\" x SET ", table->name);
	for (size_t i = 0; i < count; i++) {
		const struct archive_column *column = archive_column_find(table, names[i]);

		buffer_printf(&sql, "%s\"%s\" = ", i ? ", " : "", column->name);
		put_in(&sql, column);
	}
	put_rows(&sql, table, names, count);
	BUFFER_LITERAL(&sql, " WHERE x.tenant_id = $1");
	return buffer_str(&sql);
}

/* Who was here already keeps the way in: an owner stays one, and nobody is shut out. */
static void put_meeting(struct buffer *sql, const struct archive_table *table, const struct str *names, size_t count)
{
	size_t put = 0;

	BUFFER_LITERAL(sql, " ON CONFLICT (tenant_id, id) DO UPDATE SET ");
	for (size_t i = 0; i < count; i++) {
		const char *name = archive_column_find(table, names[i])->name;

		if (strcmp(name, "id") == 0)
			continue;
		buffer_printf(sql, "%s\"%s\" = ", put++ ? ", " : "", name);
		if (strcmp(name, "role") == 0)
			BUFFER_LITERAL(sql,
				       "CASE WHEN tenant_users.role = 'owner' THEN 'owner' ELSE excluded.role END");
		else if (strcmp(name, "is_active") == 0)
			BUFFER_LITERAL(sql, "tenant_users.is_active OR excluded.is_active");
		else
			buffer_printf(sql, "excluded.\"%s\"", name);
	}
}

/* "INSERT … SELECT $1, …", without the rows. */
static void put_insert(struct buffer *sql, const struct archive_table *table, const struct str *names, size_t count,
		       bool late)
{
	const struct archive_column *file = late ? NULL : archive_bytes_column(table);
	struct buffer values = BUFFER_IN(sql->arena);

	buffer_printf(sql, "INSERT INTO \"%s\" (tenant_id", table->name);
	for (size_t i = 0; i < count; i++) {
		const struct archive_column *column = archive_column_find(table, names[i]);

		if (column->late && !late)
			continue;
		buffer_printf(sql, ", \"%s\"", column->name);
		BUFFER_LITERAL(&values, ", ");
		put_in(&values, column);
	}
	if (file)
		buffer_printf(sql, ", \"%s\"", file->name);
	BUFFER_LITERAL(sql, ") SELECT $1");
	buffer_add_str(sql, buffer_str(&values));
	if (file)
		BUFFER_LITERAL(sql, ", $3::bytea");
	put_rows(sql, table, names, count);
}

struct str archive_insert_sql(struct arena *arena, const struct archive_table *table, const struct str *names,
			      size_t count)
{
	struct buffer sql = BUFFER_IN(arena);

	if (table->profile)
		return profile_sql(arena, table, names, count);
	put_insert(&sql, table, names, count, false);
	if (table->people) {
		/* Without a WHERE the grammar takes ON for a join's. */
		BUFFER_LITERAL(&sql, " WHERE true");
		put_meeting(&sql, table, names, count);
	}
	return buffer_str(&sql);
}

/*
 * An insert that meets its own rows: they are found by the key, whatever the planner believes of a company that had no rows when the transaction
 * began. An UPDATE that joins reads all of the company for each batch.
 */
struct str archive_late_sql(struct arena *arena, const struct archive_table *table, const struct str *names,
			    size_t count)
{
	struct buffer sql = BUFFER_IN(arena), some = BUFFER_IN(arena), set = BUFFER_IN(arena);
	const struct archive_column *key[KEY_MOST];
	size_t keys = key_of(table, key);

	for (size_t i = 0; i < count; i++) {
		const struct archive_column *column = archive_column_find(table, names[i]);

		if (!column->late)
			continue;
		buffer_printf(&some, "%sr.\"%s\" IS NOT NULL", some.length ? " OR " : "", column->name);
		buffer_printf(&set, "%s\"%s\" = excluded.\"%s\"", set.length ? ", " : "", column->name, column->name);
	}
	if (set.length == 0)
		return STR_NONE;
	put_insert(&sql, table, names, count, true);
	buffer_printf(&sql, " WHERE %.*s ON CONFLICT (tenant_id", STR_FMT_ARG(buffer_str(&some)));
	for (size_t i = 0; i < keys; i++)
		buffer_printf(&sql, ", \"%s\"", key[i]->name);
	buffer_printf(&sql, ") DO UPDATE SET %.*s", STR_FMT_ARG(buffer_str(&set)));
	return buffer_str(&sql);
}

struct str archive_any_sql(struct arena *arena, const struct archive_table *table)
{
	return arena_printf(arena, "SELECT 1 FROM \"%s\" x WHERE x.tenant_id = $1 LIMIT 1", table->name);
}

struct str archive_clear_sql(struct arena *arena, const struct archive_table *table)
{
	return arena_printf(arena, "DELETE FROM \"%s\" x WHERE x.tenant_id = $1", table->name);
}
