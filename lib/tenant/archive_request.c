#include "lib/tenant/archive_request.h"

#include "lib/base/clock.h"
#include "lib/tenant/archive_internal.h"
#include "lib/tenant/data_file.h"

#define LISTED 20
#define TELL_EVERY MICROSECONDS_PER_SECOND

#define COLUMNS                                                                                                        \
	" a.id, a.state, a.at_work, a.row_count, a.byte_count, f.id, a.file_name, encode(a.sha256, 'hex'),"            \
	" a.actor_name, a.created_at, a.finished_at, f.expires_at FROM archives a LEFT JOIN data_files f"              \
	" ON f.tenant_id = $1 AND f.id = a.file_id WHERE a.tenant_id = $1"

STATEMENT(insert_archive, "INSERT INTO archives (tenant_id, id, state, file_name, actor_kind, actor_id, actor_name,"
			  " created_at) VALUES ($1, $2, 'waiting', $3, $4, $5, $6, $7)");
STATEMENT(read_archive, "SELECT" COLUMNS " AND a.id = $2");
STATEMENT(list_archives, "SELECT" COLUMNS " ORDER BY a.created_at DESC, a.id DESC LIMIT $2");
STATEMENT(begin_archive, "UPDATE archives SET state = 'running', at_work = NULL, row_count = 0"
			 " WHERE tenant_id = $1 AND id = $2 AND state IN ('waiting', 'running')");
STATEMENT(note_archive, "UPDATE archives SET at_work = $3, row_count = $4 WHERE tenant_id = $1 AND id = $2"
			" AND state = 'running'");
STATEMENT(finish_archive,
	  "UPDATE archives SET state = 'done', at_work = NULL, row_count = $3, byte_count = $4, file_id = $5,"
	  " sha256 = (SELECT f.sha256 FROM data_files f WHERE f.tenant_id = $1 AND f.id = $5), finished_at = $6"
	  " WHERE tenant_id = $1 AND id = $2");
STATEMENT(give_up_archive, "UPDATE archives SET state = 'failed', at_work = NULL, finished_at = $3"
			   " WHERE tenant_id = $1 AND id = $2 AND state IN ('waiting', 'running')");
STATEMENT(revive_archive, "UPDATE archives SET state = 'waiting', finished_at = NULL"
			  " WHERE tenant_id = $1 AND id = $2 AND state = 'failed'");

/* ---- its row ---- */

enum err archive_request(struct ttx *tx, const struct tenant *tenant, struct uuid *id)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	int64_t now = ttx_now(tx);
	enum err err;

	*id = uuid_new();
	err = ttx_exec(tx, &insert_archive,
		       ARGS(arg_uuid(arena, *id), arg_str(archive_file_name(arena, tenant, now)),
			    arg_text(actor_kind_name(actor->kind)),
			    actor->kind == ACTOR_SYSTEM ? arg_null() : arg_uuid(arena, actor->id), arg_str(actor->name),
			    arg_instant(arena, now)),
		       NULL);
	return err ? err : job_enqueue(tx, ARCHIVE_JOB, *id, 0);
}

static void read_row(struct rows *row, struct archive_request *out)
{
	*out = (struct archive_request){
		.id = rows_uuid(row, 0),
		.state = rows_str(row, 1),
		.at_work = rows_str(row, 2),
		.rows = rows_int(row, 3),
		.bytes = rows_int(row, 4),
		.file = rows_uuid(row, 5),
		.file_name = rows_str(row, 6),
		.sha256 = rows_str(row, 7),
		.actor_name = rows_str(row, 8),
		.created_at = rows_instant(row, 9),
		.finished_at = rows_instant(row, 10),
		.expires_at = rows_instant(row, 11),
	};
}

enum err archive_request_get(struct ttx *tx, struct uuid id, struct archive_request *out)
{
	struct rows *row;
	enum err err = ttx_one(tx, &read_archive, ARGS(arg_uuid(ttx_arena(tx), id)), &row);

	if (!err)
		read_row(row, out);
	return err;
}

enum err archive_request_list(struct ttx *tx, struct archive_request **out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, &list_archives, ARGS(arg_int(arena, LISTED)), &rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof **out);
	while (rows_next(rows))
		read_row(rows, &(*out)[(*count)++]);
	return OK;
}

bool archive_request_works(const struct archive_request *request)
{
	return str_is(request->state, "waiting") || str_is(request->state, "running");
}

/* ---- the job ---- */

struct making {
	struct job_run *run;
	struct spool *spool; /* the file, until all of it is there */
	int64_t told_at;
	bool over; /* it was given up meanwhile: nobody waits for it */
};

/* A small transaction of its own, with memory of its own. Whether it is told matters to nobody's data. */
static enum err note(const struct making *making, const struct statement *statement, const char *what, int64_t rows)
{
	struct arena *arena = arena_new((size_t)4 * 1024 * 1024);
	struct ttx *tx = ttx_begin(making->run->pg, arena, making->run->tenant->scope, TX_WRITE);
	struct argument id = arg_uuid(arena, making->run->subject);
	int64_t affected = 0;
	enum err err =
		ttx_exec(tx, statement, what ? ARGS(id, arg_text(what), arg_int(arena, rows)) : ARGS(id), &affected);

	if (!err)
		err = ttx_commit(tx);
	arena_free(arena);
	return err ? err : affected ? OK : E_NOTFOUND;
}

static void tell(void *context, const char *what, const struct archive_counts *so_far)
{
	struct making *making = context;
	int64_t now = clock_monotonic();

	if (now - making->told_at < TELL_EVERY)
		return;
	making->told_at = now;
	making->over = note(making, &note_archive, what, so_far->rows) == E_NOTFOUND;
}

static bool keep(void *context, const void *bytes, size_t length)
{
	struct making *making = context;

	return !making->over && spool_add(making->spool, bytes, length);
}

/* Into the database, piece by piece; what a piece takes of memory is given back. */
static enum err copy(struct making *making, struct data_file_writer *writer)
{
	struct arena *arena = making->run->arena;
	char *piece = arena_alloc(arena, DATA_FILE_PIECE);
	int64_t length = spool_length(making->spool), got;

	for (int64_t at = 0; at < length; at += got) {
		struct arena_mark mark = arena_mark(arena);
		enum err err;

		got = spool_read(making->spool, at, piece, DATA_FILE_PIECE);
		if (got <= 0)
			return E_INTERNAL;
		err = data_file_write(writer, (struct str){piece, (size_t)got});
		if (err)
			return err;
		if (got == (int64_t)DATA_FILE_PIECE)
			arena_rewind(arena, mark);
	}
	return data_file_finish(writer);
}

/* The file, the row that says where it is, and the end of the ticket: one transaction. */
static enum err store(struct making *making, const struct archive_counts *counts)
{
	struct job_run *run = making->run;
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	int64_t now = ttx_now(tx);
	struct archive_request request;
	struct data_file_writer *writer = NULL;
	enum err err = archive_request_get(tx, run->subject, &request);

	if (!err)
		err = data_file_create(tx, "archive", request.file_name, "application/gzip",
				       now + ARCHIVE_KEPT_DAYS * DATA_FILE_DAY, &writer);
	if (!err)
		err = copy(making, writer);
	if (!err)
		err = ttx_exec(tx, &finish_archive,
			       ARGS(arg_uuid(run->arena, run->subject), arg_int(run->arena, counts->rows),
				    arg_int(run->arena, spool_length(making->spool)),
				    arg_uuid(run->arena, data_file_writer_id(writer)), arg_instant(run->arena, now)),
			       NULL);
	if (!err)
		return job_commit(run, tx, JOB_DONE);
	ttx_rollback(tx);
	return err;
}

static enum err make(struct making *making)
{
	struct job_run *run = making->run;
	/* The snapshot on a connection of its own: the other one says how far it is. */
	struct archive_export order = {
		.pg = pg_new(run->config->database, run->config->jobs_role),
		.tenant = run->tenant,
		.gzip = true,
		.sink = keep,
		.watch = tell,
		.context = making,
	};
	struct archive_counts counts;
	enum err err = archive_export(&order, &counts);

	pg_free(order.pg);
	return err ? err : store(making, &counts);
}

enum err archive_give_up(struct ttx *tx, struct uuid id)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &give_up_archive, ARGS(arg_uuid(arena, id), arg_instant(arena, ttx_now(tx))), NULL);
}

enum err archive_revive(struct ttx *tx, struct uuid id)
{
	int64_t moved;
	enum err err = ttx_exec(tx, &revive_archive, ARGS(arg_uuid(ttx_arena(tx), id)), &moved);

	return err == OK && moved == 0 ? E_PRECONDITION : err;
}

enum err archive_run(struct job_run *run)
{
	struct making making = {.run = run, .spool = spool_new(run->arena), .told_at = clock_monotonic()};
	enum err err = making.spool ? note(&making, &begin_archive, NULL, 0) : E_INTERNAL;

	/* It was made already, or is gone: nothing is left to do. */
	if (err == E_NOTFOUND)
		return job_commit(run, ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE), JOB_DONE);
	return err ? err : make(&making);
}
