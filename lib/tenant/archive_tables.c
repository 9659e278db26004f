/* What of the catalogue goes into an archive, in an order in which it can be written back. */
#include "lib/base/log.h"
#include "lib/tenant/archive_internal.h"

#define WAITING_IMPORTS "('draft', 'running', 'undoing')"

/* Everything with a tenant_id is taken along but for this. */
const struct archive_omission archive_omissions[] = {
	{"tenant_sessions", NULL, "signs a browser in; everybody signs in anew"},
	{"tenant_tokens", NULL, "links that sign somebody in once"},
	{"tenant_api_keys", NULL, "secrets of programs; new ones are made where the company goes"},
	{"tenant_usage", NULL, "what was counted for the bill of this installation"},
	{"idempotency_keys", NULL, "answers to requests of the last day, for whoever asks the same again"},
	{"job_tickets", NULL, "work that waits here"},
	{"data_files", NULL, "uploads and finished downloads, deleted within days; archives are among them"},
	{"file_pieces", NULL, "the bytes of data_files"},
	{"archives", NULL, "who took archives of this installation, and when"},
	{"exports", NULL, "who took lists of this installation, and when"},
	{"tenant_users", "password_hash", "a secret; who has no password yet sets one by a link"},
	{"tenants", "slug", "the name under which a company is reached is given by the installation"},
	{"tenants", "subdomain", "as slug"},
	{"tenants", "owner_name", "whose account it is was settled when it was opened"},
	{"tenants", "owner_email", "as owner_name"},
	{"tenants", "owner_phone", "as owner_name"},
	{"tenants", "plan_tier", "a contract with this installation"},
	{"tenants", "status", "as plan_tier"},
	{"tenants", "trial_ends_at", "as plan_tier"},
	{"tenants", "subscription_started_at", "as plan_tier"},
	{"tenants", "features", "as plan_tier"},
	{"tenants", "max_leads", "as plan_tier"},
	{"tenants", "max_users", "as plan_tier"},
	{"tenants", "max_scrapers", "as plan_tier"},
	{"tenants", "current_lead_count", "counted from the rows"},
	{"tenants", "current_user_count", "counted from the rows"},
	{"tenants", "current_scraper_count", "counted from the rows"},
	{"tenants", "custom_fields", "made from the table custom_fields"},
	{"tenants", "version", "counts changes of the company's row here"},
	{"tenants", "created_at", "when it was opened here; the manifest has it"},
	{"tenants", "updated_at", "as version"},
	{"tenants", "deleted_at", "a deleted company has no archive"},
};
const size_t archive_omission_count = COUNT_OF(archive_omissions);

/* Tables that are taken along in a way of their own. An import that waits for a job of this installation stays with it. */
static const struct {
	const char *table, *where, *bytes;
	bool provisioned, profile, people;
} special[] = {
	{"tenants", NULL, NULL, false, true, false},
	{"tenant_users", NULL, NULL, false, false, true},
	{"tenant_files", NULL, "bytes", true, false, false},
	{"pipeline_stages", NULL, NULL, true, false, false},
	{"cadences", NULL, NULL, true, false, false},
	{"cadence_steps", NULL, NULL, true, false, false},
	{"imports", "x.state NOT IN " WAITING_IMPORTS, NULL, false, false, false},
	{"import_rows",
	 "EXISTS (SELECT 1 FROM imports i WHERE i.tenant_id = $1 AND i.id = x.import_id AND i.state NOT "
	 "IN " WAITING_IMPORTS ")",
	 NULL, false, false, false},
};

/* A table of tenants is one whose key begins with tenant_id (docs/database.md). */
STATEMENT(read_columns,
	  "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,"
	  " coalesce(array_position(i.indkey::int2[], a.attnum), 0)"
	  " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
	  " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
	  " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
	  " JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum = i.indkey[0] AND t.attname = 'tenant_id'"
	  " WHERE $1::uuid IS NOT NULL AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
	  " ORDER BY c.relname COLLATE \"C\", a.attnum");
/* Of a key's columns only one is not the tenant's (0007 and all before keep to it); two would be two rows here and are refused. */
STATEMENT(read_references,
	  "SELECT c.relname, f.relname, a.attname FROM pg_catalog.pg_constraint k"
	  " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_class f ON f.oid = k.confrelid"
	  " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey) AND a.attname <> "
	  "'tenant_id'"
	  " WHERE $1::uuid IS NOT NULL AND k.contype = 'f' AND c.relnamespace = 'public'::regnamespace"
	  " ORDER BY c.relname COLLATE \"C\", k.conname COLLATE \"C\"");
STATEMENT(read_version, "SELECT coalesce(max(version), 0) FROM schema_migrations WHERE $1::uuid IS NOT NULL");

struct reference {
	struct str from, to, column;
};

struct reading {
	struct arena *arena;
	struct archive_table *tables; /* as the catalogue has them */
	size_t count;
	struct reference *references;
	size_t reference_count;
	bool *placed;
};

static bool is_omitted(struct str table, struct str column)
{
	for (size_t i = 0; i < COUNT_OF(archive_omissions); i++) {
		const struct archive_omission *omission = &archive_omissions[i];

		if (str_is(table, omission->table) &&
		    (!omission->column || (!str_absent(column) && str_is(column, omission->column))))
			return true;
	}
	return false;
}

static struct archive_table *table_new(struct reading *r, struct str name, size_t columns_most)
{
	struct archive_table *table = &r->tables[r->count++];

	*table = (struct archive_table){
		.name = arena_c_string(r->arena, name),
		.columns = arena_array(r->arena, columns_most, sizeof(struct archive_column)),
	};
	for (size_t i = 0; i < COUNT_OF(special); i++)
		if (str_is(name, special[i].table)) {
			table->where = special[i].where;
			table->provisioned = special[i].provisioned;
			table->profile = special[i].profile;
			table->people = special[i].people;
		}
	return table;
}

static bool holds_bytes(const struct archive_table *table, struct str column)
{
	for (size_t i = 0; i < COUNT_OF(special); i++)
		if (special[i].bytes && strcmp(special[i].table, table->name) == 0)
			return str_is(column, special[i].bytes);
	return false;
}

/* An index of PostgreSQL's counts from 0: there tenant_id stands, which every key begins with. */
static enum err read_tables(struct ttx *tx, struct reading *r)
{
	struct archive_table *table = NULL;
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_columns, NO_ARGS, &rows);

	if (err)
		return err;
	r->tables = arena_array(r->arena, rows_count(rows) + 1, sizeof *r->tables);
	while (rows_next(rows)) {
		struct str name = rows_str(rows, 0), column = rows_str(rows, 1);

		if (is_omitted(name, STR_NONE))
			continue;
		if (!table || !str_is(name, table->name))
			table = table_new(r, name, rows_count(rows));
		if (str_is(column, "tenant_id") || is_omitted(name, column))
			continue;
		table->columns[table->column_count++] = (struct archive_column){
			.name = arena_c_string(r->arena, column),
			.type = arena_c_string(r->arena, rows_str(rows, 2)),
			.nullable = rows_bool(rows, 3),
			.key = (int)rows_int(rows, 4),
			.bytes = holds_bytes(table, column),
		};
	}
	return OK;
}

static enum err read_keys(struct ttx *tx, struct reading *r)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_references, NO_ARGS, &rows);

	if (err)
		return err;
	r->references = arena_array(r->arena, rows_count(rows) + 1, sizeof *r->references);
	while (rows_next(rows))
		r->references[r->reference_count++] =
			(struct reference){rows_str(rows, 0), rows_str(rows, 1), rows_str(rows, 2)};
	return OK;
}

/* ---- the order ---- */

static int index_of(const struct reading *r, struct str name)
{
	for (size_t i = 0; i < r->count; i++)
		if (str_is(name, r->tables[i].name))
			return (int)i;
	return -1;
}

static struct archive_column *column_of(struct archive_table *table, struct str name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (str_is(name, table->columns[i].name))
			return &table->columns[i];
	return NULL;
}

/*
 * Whether all that the table refers to is in its place. Where the rest can be NULL for a while the table may come first all the same (`late`
 * says that it does): its columns are filled in later.
 */
static bool can_come(struct reading *r, size_t table, bool late)
{
	for (size_t i = 0; i < r->reference_count; i++) {
		const struct reference *reference = &r->references[i];
		int to = index_of(r, reference->to);
		struct archive_column *column;

		if (!str_is(reference->from, r->tables[table].name) || (to >= 0 && r->placed[to] && to != (int)table))
			continue;
		column = column_of(&r->tables[table], reference->column);
		if (to < 0 || !column || !column->nullable || column->key || (!late && to != (int)table))
			return false;
	}
	return true;
}

static void mark_late(struct reading *r, size_t table)
{
	for (size_t i = 0; i < r->reference_count; i++) {
		int to = index_of(r, r->references[i].to);

		if (str_is(r->references[i].from, r->tables[table].name) && !(r->placed[to] && to != (int)table))
			column_of(&r->tables[table], r->references[i].column)->late = true;
	}
}

static bool next_table(struct reading *r, size_t *out)
{
	for (int late = 0; late < 2; late++)
		for (size_t i = 0; i < r->count; i++)
			if (!r->placed[i] && can_come(r, i, late != 0)) {
				*out = i;
				return true;
			}
	return false;
}

static enum err put_in_order(struct reading *r, struct archive_tables *out)
{
	size_t next;

	r->placed = arena_array(r->arena, r->count + 1, sizeof *r->placed);
	out->items = arena_array(r->arena, r->count + 1, sizeof *out->items);
	out->count = 0;
	while (out->count < r->count) {
		if (!next_table(r, &next)) {
			log_event(LOG_ERROR, "archive", "tables refer to one another or to what is left out");
			return E_INTERNAL;
		}
		mark_late(r, next);
		r->placed[next] = true;
		out->items[out->count++] = r->tables[next];
	}
	return OK;
}

enum err archive_tables_read(struct ttx *tx, struct archive_tables *out)
{
	struct reading r = {.arena = ttx_arena(tx)};
	struct rows *version;
	enum err err = read_tables(tx, &r);

	if (!err)
		err = read_keys(tx, &r);
	if (!err)
		err = ttx_one(tx, &read_version, NO_ARGS, &version);
	if (err)
		return err;
	out->schema_version = rows_int(version, 0);
	return put_in_order(&r, out);
}

/* ---- look-up ---- */

const struct archive_table *archive_table_find(const struct archive_tables *tables, struct str name)
{
	for (size_t i = 0; i < tables->count; i++)
		if (str_is(name, tables->items[i].name))
			return &tables->items[i];
	return NULL;
}

const struct archive_column *archive_column_find(const struct archive_table *table, struct str name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (str_is(name, table->columns[i].name))
			return &table->columns[i];
	return NULL;
}

const struct archive_column *archive_bytes_column(const struct archive_table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].bytes)
			return &table->columns[i];
	return NULL;
}
