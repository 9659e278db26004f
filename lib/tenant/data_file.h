/*
 * A company's files in the database: what was uploaded to be imported, what was made to be fetched. A file is kept in
 * pieces, so that neither side ever holds it whole; no path on a disk is shared between programs.
 *
 * A file that is not finished has no checksum and is not for reading by people. Each file has a day on which it is
 * deleted.
 */
#ifndef DEMAND_DATA_FILE_H
#define DEMAND_DATA_FILE_H

#include "lib/pg/pg.h"

#define DATA_FILE_PIECE ((size_t)256 * 1024)
#define DATA_FILE_DAY ((int64_t)24 * 3600 * 1000000)

struct data_file {
	struct uuid id;
	struct str kind, name, content_type;
	int64_t length, created_at, expires_at;
	struct str sha256; /* 64 hex digits; absent while it is not finished */
};
/* E_NOTFOUND. */
enum err data_file_get(struct ttx *, struct uuid id, struct data_file *out) MUST_CHECK;
/* With its pieces; nothing happens when it is not there. */
enum err data_file_delete(struct ttx *, struct uuid id) MUST_CHECK;
/* At most a hundred files whose day has come. */
enum err data_file_purge(struct ttx *, int64_t now, int64_t *count) MUST_CHECK;

/* ---- writing ---- */

struct data_file_writer;

/* kind: "import", "export"… [a-z_]; name: as people know it, cut to 200 characters. */
enum err data_file_create(struct ttx *, const char *kind, struct str name, const char *content_type, int64_t expires_at,
			  struct data_file_writer **out) MUST_CHECK;
/* An unfinished file is gone on with, in another transaction than it was begun in. E_NOTFOUND, E_CONFLICT: finished. */
enum err data_file_continue(struct ttx *, struct uuid id, struct data_file_writer **out) MUST_CHECK;
struct uuid data_file_writer_id(const struct data_file_writer *);
int64_t data_file_writer_length(const struct data_file_writer *); /* bytes taken so far, of earlier transactions too */
/* Errors are those of the transaction. */
enum err data_file_write(struct data_file_writer *, struct str bytes) MUST_CHECK;
/* What was taken is in the transaction; the file can be gone on with after its commit. */
enum err data_file_pause(struct data_file_writer *) MUST_CHECK;
/* The last of it, with the checksum. */
enum err data_file_finish(struct data_file_writer *) MUST_CHECK;

/* ---- reading ---- */

/*
 * The bytes from `offset` to the end of the piece that holds them, in the transaction's arena; absent at the end of the
 * file. One statement a piece.
 */
enum err data_file_read(struct ttx *, struct uuid id, int64_t offset, struct str *bytes) MUST_CHECK;

#endif
