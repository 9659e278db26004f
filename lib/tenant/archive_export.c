/* One snapshot of a company, table by table. */
#include <sodium.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/tenant/archive_internal.h"
#include "lib/text/json.h"

#define ARENA_MOST ((size_t)48 * 1024 * 1024)
#define BATCH_FIRST 50
#define BATCH_MOST 2000
#define BATCH_BYTES ((size_t)1024 * 1024) /* what a batch is to come to */
#define BLOCK ((size_t)64 * 1024)
#define KEY_MOST 8
#define AWAKE_EVERY (2 * MICROSECONDS_PER_SECOND)

struct export
{
	const struct archive_export *order;
	struct arena *arena;
	struct ttx *tx;
	struct archive_tables tables;
	struct tar_writer *tar;
	struct spool *spool;
	struct value *members; /* of the manifest */
	struct archive_counts counts;
	int64_t made_at, spoke_at;
};

STATEMENT(read_company,
	  "SELECT name, slug, plan_tier, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
	  " FROM tenants WHERE tenant_id = $1");
STATEMENT(stay_awake, "SELECT 1 FROM tenants WHERE tenant_id = $1");
STATEMENT(read_file, "SELECT bytes FROM tenant_files WHERE tenant_id = $1 AND id = $2");

/* A transaction in which nothing is asked for a while is ended by the database; compressing takes a while. */
static enum err keep_awake(struct export *x)
{
	int64_t now = clock_monotonic();
	struct arena_mark mark;
	struct rows *row;
	enum err err;

	if (now - x->spoke_at < AWAKE_EVERY)
		return OK;
	x->spoke_at = now;
	mark = arena_mark(x->arena);
	err = ttx_one(x->tx, &stay_awake, NO_ARGS, &row);
	arena_rewind(x->arena, mark);
	return err;
}

static void tell(const struct export *x, const char *what)
{
	if (x->order->watch)
		x->order->watch(x->order->context, what, &x->counts);
}

/* ---- a member ---- */

struct member {
	struct str name;
	int64_t rows, bytes;
	struct value *columns; /* NULL: a file */
	crypto_hash_sha256_state hash;
};

static void member_note(struct export *x, struct member *member)
{
	struct value *map = value_map(x->arena);
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&member->hash, sum);
	value_put_str(map, "name", member->name);
	if (member->columns)
		value_put_int(map, "rows", member->rows);
	value_put_int(map, "bytes", member->bytes);
	value_put_str(map, "sha256", hex_encode(x->arena, sum, sizeof sum));
	if (member->columns)
		value_put(map, "columns", member->columns);
	value_append(x->members, map);
	x->counts.members++;
	x->counts.bytes += member->bytes;
}

/* From the spool, whose length is the member's: a tar file says it ahead. */
static enum err member_from_spool(struct export *x, struct member *member)
{
	char *block = arena_alloc(x->arena, BLOCK);
	int64_t got;
	enum err err;

	if (!tar_member(x->tar, arena_c_string(x->arena, member->name), spool_length(x->spool), x->made_at))
		return E_TOOBIG;
	for (int64_t at = 0; at < spool_length(x->spool); at += got) {
		got = spool_read(x->spool, at, block, BLOCK);
		if (got <= 0 || !tar_bytes(x->tar, block, (size_t)got))
			return E_TOOBIG;
		err = keep_awake(x);
		if (err)
			return err;
	}
	return OK;
}

static enum err write_file(struct export *x, struct str id)
{
	struct member member = {.name = arena_printf(x->arena, FILES_FOLDER "%.*s", STR_FMT_ARG(id))};
	struct rows *row;
	struct str bytes;
	enum err err = ttx_one(x->tx, &read_file, ARGS(arg_str(id)), &row);

	if (err)
		return err;
	bytes = rows_bytes(row, 0);
	crypto_hash_sha256_init(&member.hash);
	crypto_hash_sha256_update(&member.hash, (const unsigned char *)bytes.p, bytes.n);
	member.bytes = (int64_t)bytes.n;
	if (!tar_member(x->tar, member.name.p, member.bytes, x->made_at) || !tar_bytes(x->tar, bytes.p, bytes.n))
		return E_TOOBIG;
	member_note(x, &member);
	return OK;
}

/* ---- a table ---- */

struct cursor {
	struct str first, next; /* statements */
	struct argument *arguments;
	size_t keys;
	char *key[KEY_MOST]; /* of the last row, in memory of their own */
	size_t room[KEY_MOST];
	int64_t batch;
};

static void cursor_release(void *argument)
{
	struct cursor *cursor = argument;

	for (size_t i = 0; i < KEY_MOST; i++)
		free(cursor->key[i]);
}

/* In malloc's memory, since the batch it comes from is given back. */
static bool keep_key(struct cursor *cursor, const struct rows *rows)
{
	for (size_t i = 0; i < cursor->keys; i++) {
		struct str text = rows_str(rows, (int)i + 1);

		if (cursor->room[i] < text.n + 1) {
			char *grown = realloc(cursor->key[i], text.n + 1);

			if (!grown)
				return false;
			cursor->key[i] = grown;
			cursor->room[i] = text.n + 1;
		}
		memcpy(cursor->key[i], text.p, text.n);
		cursor->key[i][text.n] = '\0';
		cursor->arguments[i + 1] = arg_text(cursor->key[i]);
	}
	return true;
}

static struct cursor *cursor_new(struct export *x, const struct archive_table *table)
{
	struct cursor *cursor = ARENA_NEW(x->arena, struct cursor);

	arena_defer(x->arena, cursor_release, cursor);
	cursor->first = archive_select_sql(x->arena, table, false);
	for (size_t i = 0; i < table->column_count; i++)
		cursor->keys += table->columns[i].key > 0;
	if (cursor->keys > 0)
		cursor->next = archive_select_sql(x->arena, table, true);
	cursor->arguments = arena_array(x->arena, KEY_MOST + 1, sizeof *cursor->arguments);
	cursor->batch = BATCH_FIRST;
	return cursor;
}

static bool take_row(struct export *x, struct member *member, struct str line)
{
	crypto_hash_sha256_update(&member->hash, (const unsigned char *)line.p, line.n);
	crypto_hash_sha256_update(&member->hash, (const unsigned char *)"\n", 1);
	member->rows++;
	member->bytes += (int64_t)line.n + 1;
	return spool_add(x->spool, line.p, line.n) && spool_add(x->spool, "\n", 1);
}

/* As many rows as fit a batch, by what the last ones took. */
static void adapt(struct cursor *cursor, size_t rows, size_t bytes)
{
	int64_t fit = rows ? (int64_t)(BATCH_BYTES / (bytes / rows + 1)) : BATCH_FIRST;

	if (fit > cursor->batch * 4)
		fit = cursor->batch * 4;
	cursor->batch = fit < 1 ? 1 : fit > BATCH_MOST ? BATCH_MOST : fit;
}

static enum err take_batch(struct export *x, struct cursor *cursor, struct member *member, bool *more)
{
	struct arena_mark mark = arena_mark(x->arena);
	bool on = member->rows > 0, good = true;
	int64_t asked = cursor->batch;
	size_t bytes = 0, count;
	struct rows *rows;
	enum err err;

	cursor->arguments[0] = arg_int(x->arena, asked);
	err = ttx_rows_text(x->tx, "archive_rows", on ? cursor->next : cursor->first,
			    (struct arguments){cursor->arguments, on ? cursor->keys + 1 : 1}, &rows);
	if (err)
		return err;
	count = rows_count(rows);
	while (good && rows_next(rows)) {
		struct str line = rows_str(rows, 0);

		bytes += line.n;
		good = take_row(x, member, line);
	}
	*more = cursor->keys > 0 && (int64_t)count == asked;
	if (*more && good)
		good = keep_key(cursor, rows);
	adapt(cursor, count, bytes);
	x->counts.rows += (int64_t)count;
	x->spoke_at = clock_monotonic();
	arena_rewind(x->arena, mark);
	return good ? OK : E_TOOBIG;
}

static struct value *column_names(struct export *x, const struct archive_table *table)
{
	struct value *list = value_list(x->arena);

	for (size_t i = 0; i < table->column_count; i++)
		if (!table->columns[i].bytes)
			value_append(list, value_text(x->arena, table->columns[i].name));
	return list;
}

/* The files of a table stand behind it, and are few. */
static enum err write_files(struct export *x, const struct archive_table *table)
{
	struct str sql = archive_select_sql(x->arena, table, false);
	struct argument limit = arg_int(x->arena, INT32_MAX);
	struct rows *rows;
	enum err err = ttx_rows_text(x->tx, "archive_files", sql, ARGS(limit), &rows);

	while (!err && rows_next(rows))
		err = write_file(x, rows_str(rows, 1));
	return err;
}

static enum err write_table(struct export *x, const struct archive_table *table)
{
	struct cursor *cursor = cursor_new(x, table);
	struct member member = {
		.name = arena_printf(x->arena, TABLES_FOLDER "%s" TABLES_SUFFIX, table->name),
		.columns = column_names(x, table),
	};
	bool more = true;
	enum err err = OK;

	crypto_hash_sha256_init(&member.hash);
	spool_clear(x->spool);
	while (!err && more) {
		err = take_batch(x, cursor, &member, &more);
		tell(x, table->name);
	}
	if (!err)
		err = member_from_spool(x, &member);
	if (!err)
		member_note(x, &member);
	if (!err && archive_bytes_column(table))
		err = write_files(x, table);
	return err;
}

/* ---- the manifest ---- */

static void put_omissions(struct value *manifest)
{
	struct value *list = value_put_list(manifest, "left_out");

	for (size_t i = 0; i < archive_omission_count; i++) {
		struct value *map = value_map(value_arena(manifest));

		value_put_text(map, "table", archive_omissions[i].table);
		if (archive_omissions[i].column)
			value_put_text(map, "column", archive_omissions[i].column);
		value_put_text(map, "reason", archive_omissions[i].reason);
		value_append(list, map);
	}
}

static enum err write_manifest(struct export *x, const struct rows *company)
{
	struct value *manifest = value_map(x->arena), *map;
	struct buffer out = BUFFER_IN(x->arena);

	value_put_text(manifest, "product", "demand-engine");
	value_put_int(manifest, "format", ARCHIVE_FORMAT);
	value_put_int(manifest, "schema_version", x->tables.schema_version);
	value_put_str(manifest, "made_at", clock_rfc3339(x->arena, x->made_at));
	map = value_put_map(manifest, "tenant");
	value_put_str(map, "name", rows_str(company, 0));
	value_put_str(map, "slug", rows_str(company, 1));
	value_put_str(map, "plan", rows_str(company, 2));
	value_put_str(map, "created_at", rows_str(company, 3));
	value_put_int(manifest, "rows", x->counts.rows);
	value_put_int(manifest, "bytes", x->counts.bytes);
	value_put(manifest, "members", x->members);
	put_omissions(manifest);
	json_print_pretty(manifest, &out);
	if (!tar_member(x->tar, MANIFEST_NAME, (int64_t)out.length, x->made_at) ||
	    !tar_bytes(x->tar, out.bytes, out.length) || !tar_end(x->tar))
		return E_TOOBIG;
	return OK;
}

static enum err write_all(struct export *x)
{
	struct rows *company;
	enum err err = ttx_one(x->tx, &read_company, NO_ARGS, &company);

	if (!err)
		err = archive_tables_read(x->tx, &x->tables);
	for (size_t i = 0; !err && i < x->tables.count; i++)
		err = write_table(x, &x->tables.items[i]);
	return err ? err : write_manifest(x, company);
}

enum err archive_export(const struct archive_export *order, struct archive_counts *counts)
{
	struct export x = {.order = order, .arena = arena_new(ARENA_MOST), .made_at = clock_now()};
	enum err err = E_TOOBIG;

	x.members = value_list(x.arena);
	x.spool = spool_new(x.arena);
	x.tar = tar_writer_new(x.arena, order->gzip, order->sink, order->context);
	if (x.spool && x.tar) {
		x.tx = ttx_begin(order->pg, x.arena, order->tenant->scope, TX_SNAPSHOT);
		x.spoke_at = clock_monotonic();
		err = write_all(&x);
		if (!err)
			err = ttx_commit(x.tx);
		else
			ttx_rollback(x.tx);
	}
	*counts = x.counts;
	arena_free(x.arena);
	return err;
}

struct str archive_file_name(struct arena *arena, const struct tenant *tenant, int64_t now)
{
	return arena_printf(arena, "%.*s-%.10s" ARCHIVE_SUFFIX, STR_FMT_ARG(tenant->slug), clock_rfc3339(arena, now).p);
}
