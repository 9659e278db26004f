#include "lib/tenant/data_file.h"

#include <sodium.h>

#include "lib/base/clock.h"
#include "lib/base/utf8.h"

#define NAME_MOST 200

STATEMENT(create_file, "INSERT INTO data_files (tenant_id, id, kind, name, content_type, created_at, expires_at)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)");
STATEMENT(find_file, "SELECT kind, name, content_type, byte_count, created_at, expires_at, encode(sha256, 'hex')"
		     " FROM data_files WHERE tenant_id = $1 AND id = $2");
STATEMENT(lock_file, "SELECT byte_count, piece_count, hash_state FROM data_files WHERE tenant_id = $1 AND id = $2"
		     " FOR UPDATE");
STATEMENT(add_piece, "INSERT INTO file_pieces (tenant_id, file_id, number, start_at, bytes)"
		     " VALUES ($1, $2, $3, $4, $5)");
STATEMENT(note_progress, "UPDATE data_files SET byte_count = $3, piece_count = $4, hash_state = $5, sha256 = $6"
			 " WHERE tenant_id = $1 AND id = $2");
STATEMENT(read_piece, "SELECT start_at, bytes FROM file_pieces WHERE tenant_id = $1 AND file_id = $2 AND start_at <= $3"
		      " ORDER BY start_at DESC LIMIT 1");
STATEMENT(delete_file, "DELETE FROM data_files WHERE tenant_id = $1 AND id = $2");
STATEMENT(purge_files, "DELETE FROM data_files WHERE tenant_id = $1 AND id IN (SELECT f.id FROM data_files f"
		       " WHERE f.tenant_id = $1 AND f.expires_at < $2 ORDER BY f.expires_at LIMIT 100)");

/* ---- heads ---- */

enum err data_file_get(struct ttx *tx, struct uuid id, struct data_file *out)
{
	struct rows *row;
	enum err err = ttx_one(tx, &find_file, ARGS(arg_uuid(ttx_arena(tx), id)), &row);

	if (err)
		return err;
	*out = (struct data_file){
		.id = id,
		.kind = rows_str(row, 0),
		.name = rows_str(row, 1),
		.content_type = rows_str(row, 2),
		.length = rows_int(row, 3),
		.created_at = rows_instant(row, 4),
		.expires_at = rows_instant(row, 5),
		.sha256 = rows_str(row, 6),
	};
	return OK;
}

enum err data_file_delete(struct ttx *tx, struct uuid id)
{
	return ttx_exec(tx, &delete_file, ARGS(arg_uuid(ttx_arena(tx), id)), NULL);
}

enum err data_file_purge(struct ttx *tx, int64_t now, int64_t *count)
{
	return ttx_exec(tx, &purge_files, ARGS(arg_instant(ttx_arena(tx), now)), count);
}

/* ---- writing ---- */

struct data_file_writer {
	struct ttx *tx;
	struct argument id;
	struct uuid file;
	int64_t length, pieces; /* in the table */
	crypto_hash_sha256_state hash;
	char *part; /* of the piece to come */
	size_t filled;
};

static struct data_file_writer *writer_new(struct ttx *tx, struct uuid id)
{
	struct data_file_writer *writer = ARENA_NEW(ttx_arena(tx), struct data_file_writer);

	writer->tx = tx;
	writer->file = id;
	writer->id = arg_uuid(ttx_arena(tx), id);
	crypto_hash_sha256_init(&writer->hash);
	return writer;
}

enum err data_file_create(struct ttx *tx, const char *kind, struct str name, const char *content_type,
			  int64_t expires_at, struct data_file_writer **out)
{
	struct arena *arena = ttx_arena(tx);

	*out = writer_new(tx, uuid_new());
	return ttx_exec(tx, &create_file,
			ARGS((*out)->id, arg_text(kind), arg_str(utf8_prefix(name, NAME_MOST)), arg_text(content_type),
			     arg_instant(arena, ttx_now(tx)), arg_instant(arena, expires_at)),
			NULL);
}

enum err data_file_continue(struct ttx *tx, struct uuid id, struct data_file_writer **out)
{
	struct data_file_writer *writer = writer_new(tx, id);
	struct rows *row;
	struct str state;
	enum err err = ttx_one(tx, &lock_file, ARGS(writer->id), &row);

	if (err)
		return err;
	state = rows_bytes(row, 2);
	if (rows_null(row, 2) || state.n != sizeof writer->hash)
		return E_CONFLICT;
	writer->length = rows_int(row, 0);
	writer->pieces = rows_int(row, 1);
	memcpy(&writer->hash, state.p, sizeof writer->hash);
	*out = writer;
	return OK;
}

struct uuid data_file_writer_id(const struct data_file_writer *writer)
{
	return writer->file;
}

int64_t data_file_writer_length(const struct data_file_writer *writer)
{
	return writer->length + (int64_t)writer->filled;
}

static enum err put_piece(struct data_file_writer *writer, struct str bytes)
{
	struct arena *arena = ttx_arena(writer->tx);
	enum err err = ttx_exec(
		writer->tx, &add_piece,
		ARGS(writer->id, arg_int(arena, writer->pieces), arg_int(arena, writer->length), arg_bytes(bytes)),
		NULL);

	crypto_hash_sha256_update(&writer->hash, (const unsigned char *)bytes.p, bytes.n);
	writer->pieces++;
	writer->length += (int64_t)bytes.n;
	return err;
}

static enum err put_part(struct data_file_writer *writer)
{
	struct str bytes = {writer->part, writer->filled};

	writer->filled = 0;
	return bytes.n ? put_piece(writer, bytes) : OK;
}

enum err data_file_write(struct data_file_writer *writer, struct str bytes)
{
	enum err err = OK;

	while (err == OK && bytes.n > 0) {
		size_t take = DATA_FILE_PIECE - writer->filled;

		if (writer->filled == 0 && bytes.n >= DATA_FILE_PIECE) {
			err = put_piece(writer, (struct str){bytes.p, take});
		} else {
			if (!writer->part)
				writer->part = arena_alloc(ttx_arena(writer->tx), DATA_FILE_PIECE);
			take = take < bytes.n ? take : bytes.n;
			memcpy(writer->part + writer->filled, bytes.p, take);
			writer->filled += take;
			if (writer->filled == DATA_FILE_PIECE)
				err = put_part(writer);
		}
		bytes = (struct str){bytes.p + take, bytes.n - take};
	}
	return err;
}

static enum err note(struct data_file_writer *writer, struct argument state, struct argument sum)
{
	struct arena *arena = ttx_arena(writer->tx);

	return ttx_exec(writer->tx, &note_progress,
			ARGS(writer->id, arg_int(arena, writer->length), arg_int(arena, writer->pieces), state, sum),
			NULL);
}

enum err data_file_pause(struct data_file_writer *writer)
{
	enum err err = put_part(writer);

	return err ? err
		   : note(writer, arg_bytes((struct str){(const char *)&writer->hash, sizeof writer->hash}),
			  arg_null());
}

enum err data_file_finish(struct data_file_writer *writer)
{
	unsigned char *sum = arena_alloc(ttx_arena(writer->tx), crypto_hash_sha256_BYTES);
	enum err err = put_part(writer);

	if (err)
		return err;
	crypto_hash_sha256_final(&writer->hash, sum);
	return note(writer, arg_null(), arg_bytes((struct str){(const char *)sum, crypto_hash_sha256_BYTES}));
}

/* ---- reading ---- */

enum err data_file_read(struct ttx *tx, struct uuid id, int64_t offset, struct str *bytes)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	int64_t start;
	enum err err = ttx_rows(tx, &read_piece, ARGS(arg_uuid(arena, id), arg_int(arena, offset)), &rows);

	*bytes = STR_NONE;
	if (err || !rows_next(rows))
		return err;
	start = rows_int(rows, 0);
	*bytes = rows_bytes(rows, 1);
	if ((uint64_t)(offset - start) >= bytes->n)
		*bytes = STR_NONE;
	else
		*bytes = (struct str){bytes->p + (offset - start), bytes->n - (size_t)(offset - start)};
	return OK;
}
