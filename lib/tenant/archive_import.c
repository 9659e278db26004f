/* An archive becomes the rows of a company that has none yet: all of them, in one transaction, or none. */
#include <inttypes.h>

#include "lib/base/log.h"
#include "lib/tenant/archive_internal.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/logo_decode.h"
#include "lib/text/json.h"

#define ARENA_MOST ((size_t)256 * 1024 * 1024)
#define BATCH_ROWS 250
#define BATCH_BYTES ((size_t)512 * 1024)

struct import {
	const struct archive_import *order;
	struct arena *arena;
	struct ttx *tx;
	struct archive_tables tables;
	struct archive_content content;
	struct archive_counts counts;
	struct str *why;
	struct buffer batch, held; /* of malloc */
};

STATEMENT(lock_company, "SELECT 1 FROM tenants WHERE tenant_id = $1 FOR UPDATE");
STATEMENT(
	count_again,
	"UPDATE tenants SET version = version + 1, updated_at = $2,"
	" current_lead_count = (SELECT count(*) FROM leads l WHERE l.tenant_id = $1 AND l.deleted_at IS NULL),"
	" current_user_count = (SELECT count(*) FROM tenant_users u WHERE u.tenant_id = $1 AND u.is_active),"
	" current_scraper_count = (SELECT count(*) FROM scraper_jobs s WHERE s.tenant_id = $1 AND s.deleted_at IS NULL)"
	" WHERE tenant_id = $1");

/* ---- room ---- */

static enum err must_be_empty(struct import *x)
{
	for (size_t i = 0; i < x->tables.count; i++) {
		const struct archive_table *table = &x->tables.items[i];
		struct rows *rows;
		enum err err;

		if (table->provisioned || table->profile || table->people)
			continue;
		err = ttx_rows_text(x->tx, "archive_any", archive_any_sql(x->arena, table), NO_ARGS, &rows);
		if (err)
			return err;
		if (rows_count(rows) > 0)
			return REFUSE(x, E_CONFLICT,
				      "The company has rows in %s already: only an empty one takes an archive.",
				      table->name);
	}
	return OK;
}

static enum err clear(struct import *x)
{
	enum err err = OK;

	for (size_t i = x->tables.count; !err && i-- > 0;) {
		const struct archive_table *table = &x->tables.items[i];
		struct rows *rows;

		if (table->provisioned)
			err = ttx_rows_text(x->tx, "archive_clear", archive_clear_sql(x->arena, table), NO_ARGS, &rows);
	}
	return err;
}

/* ---- rows ---- */

struct copying {
	const struct archive_member *member;
	struct str sql;
	const char *name; /* of the statement */
	bool late;
	int64_t first, rows; /* of the batch; rows before it are done */
	struct argument file;
};

static enum err refuse_rows(struct import *x, const struct copying *copying, enum err err)
{
	struct str constraint = arena_copy(x->arena, ttx_constraint(x->tx));

	if (err == E_BUSY)
		return err;
	return REFUSE(x, E_INVALID, "%s: the database refuses one of the rows %" PRId64 " to %" PRId64 "%s%.*s.",
		      copying->member->table->name, copying->first + 1, copying->first + copying->rows,
		      constraint.n ? ", by the rule " : "", STR_FMT_ARG(constraint));
}

static enum err send_batch(struct import *x, struct copying *copying)
{
	struct arena_mark mark = arena_mark(x->arena);
	struct rows *rows;
	enum err err;

	if (copying->rows == 0)
		return OK;
	buffer_add_char(&x->batch, ']');
	err = ttx_rows_text(x->tx, copying->name, copying->sql,
			    (struct arguments){(struct argument[]){arg_str(buffer_str(&x->batch)), copying->file},
					       str_absent(copying->file.text) ? 1 : 2},
			    &rows);
	if (!err && !copying->late && rows_affected(rows) != copying->rows)
		err = E_INVALID;
	if (err)
		return refuse_rows(x, copying, err);
	arena_rewind(x->arena, mark);
	if (!copying->late)
		x->counts.rows += copying->rows;
	copying->first += copying->rows;
	copying->rows = 0;
	buffer_clear(&x->batch);
	if (x->order->watch)
		x->order->watch(x->order->context, copying->member->table->name, &x->counts);
	return OK;
}

/* The bytes that belong to the row, which then travels alone. Only pictures that browsers take for nothing else. */
static enum err find_file(struct import *x, struct copying *copying, struct str line)
{
	static const struct json_limits limits = {(size_t)64 * 1024, 4, 100};
	const struct archive_member *file = NULL;
	struct uuid id;
	struct value *row;
	struct str why;
	char *bytes;

	if (json_parse(x->arena, line, &limits, &row, &why) == OK &&
	    uuid_parse(value_as_str(value_get(row, STR("id"))), &id))
		file = archive_member_file(&x->content, id);
	if (!file)
		return REFUSE(x, E_MALFORMED, "%s: a row has no file in the archive.", copying->member->table->name);
	if (file->bytes > LOGO_MOST_BYTES)
		return REFUSE(x, E_INVALID, "%.*s is larger than 2 MB.", STR_FMT_ARG(file->name));
	bytes = arena_alloc(x->arena, (size_t)file->bytes + 1);
	if (spool_read(x->content.spool, file->start, bytes, (size_t)file->bytes) != file->bytes)
		return REFUSE(x, E_TOOBIG, "What was read of the archive cannot be read again.");
	copying->file = arg_bytes((struct str){bytes, (size_t)file->bytes});
	if (!logo_is_png(copying->file.text) || !str_is(value_as_str(value_get(row, STR("content_type"))), "image/png"))
		return REFUSE(x, E_INVALID, "%.*s is no PNG picture.", STR_FMT_ARG(file->name));
	x->counts.members++;
	return OK;
}

static enum err take_line(struct import *x, struct copying *copying, struct str line)
{
	bool alone = archive_bytes_column(copying->member->table) != NULL;
	enum err err = alone ? find_file(x, copying, line) : OK;

	if (err)
		return err;
	buffer_add_char(&x->batch, copying->rows ? ',' : '[');
	buffer_add_str(&x->batch, line);
	copying->rows++;
	return alone || copying->rows == BATCH_ROWS || x->batch.length > BATCH_BYTES ? send_batch(x, copying) : OK;
}

static enum err copy(struct import *x, struct copying *copying)
{
	struct archive_lines lines = {.spool = x->content.spool,
				      .at = copying->member->start,
				      .end = copying->member->start + copying->member->bytes,
				      .held = &x->held};
	struct str line;
	enum err err;

	buffer_clear(&x->held);
	buffer_clear(&x->batch);
	do {
		err = archive_line(&lines, &line);
		if (!err && !str_absent(line))
			err = take_line(x, copying, line);
	} while (!err && !str_absent(line));
	return err ? err : send_batch(x, copying);
}

static enum err copy_table(struct import *x, const struct archive_table *table)
{
	const struct archive_member *member = archive_member_of(&x->content, table);
	struct copying copying = {.member = member, .name = "archive_insert"};
	enum err err;

	if (table->profile && (!member || member->rows != 1))
		return REFUSE(x, E_MALFORMED, "The archive must have one row of %s.", table->name);
	/* An older version had no such table. */
	if (!member)
		return OK;
	copying.sql = archive_insert_sql(x->arena, table, member->columns, member->column_count);
	err = copy(x, &copying);
	x->counts.members++;
	x->counts.bytes += member->bytes;
	return err;
}

/* What refers to rows that came later, and to rows of the same table. */
static enum err copy_late(struct import *x, const struct archive_table *table)
{
	const struct archive_member *member = archive_member_of(&x->content, table);
	struct copying copying = {.member = member, .name = "archive_late", .late = true};

	if (!member)
		return OK;
	copying.sql = archive_late_sql(x->arena, table, member->columns, member->column_count);
	return str_absent(copying.sql) ? OK : copy(x, &copying);
}

/* ---- all of it ---- */

static enum err write_all(struct import *x)
{
	struct rows *row;
	enum err err = ttx_one(x->tx, &lock_company, NO_ARGS, &row);

	if (!err)
		err = must_be_empty(x);
	if (!err)
		err = clear(x);
	for (size_t i = 0; !err && i < x->tables.count; i++) {
		if (x->tables.items[i].people)
			err = archive_meet_people(x->tx, &x->content, &x->tables.items[i], x->why);
		if (!err)
			err = copy_table(x, &x->tables.items[i]);
	}
	for (size_t i = 0; !err && i < x->tables.count; i++)
		err = copy_late(x, &x->tables.items[i]);
	if (!err)
		err = ttx_exec(x->tx, &count_again, ARGS(arg_instant(x->arena, ttx_now(x->tx))), NULL);
	if (!err && x->order->derive)
		err = x->order->derive(x->tx);
	return err ? err : tenant_changed(x->tx);
}

/* In a transaction of its own: reading the archive takes longer than one may stand still. */
static enum err read_tables(struct import *x)
{
	struct ttx *tx = ttx_begin(x->order->pg, x->arena, x->order->tenant->scope, TX_READ);
	enum err err = archive_tables_read(tx, &x->tables);

	return err ? err : ttx_commit(tx);
}

enum err archive_import(const struct archive_import *order, struct arena *arena, struct archive_counts *counts,
			struct str *why)
{
	struct import x = {.order = order, .arena = arena_new(ARENA_MOST), .why = why};
	enum err err;

	*why = STR("");
	err = read_tables(&x);
	if (!err)
		err = archive_check(x.arena, order->file, &x.tables, &x.content, why);
	if (!err) {
		x.tx = ttx_begin(order->pg, x.arena, order->tenant->scope, TX_WRITE);
		err = write_all(&x);
		if (!err)
			err = ttx_commit(x.tx);
		else
			ttx_rollback(x.tx);
	}
	*why = arena_copy(arena, *why);
	*counts = x.counts;
	buffer_free(&x.batch);
	buffer_free(&x.held);
	arena_free(x.arena);
	return err;
}
