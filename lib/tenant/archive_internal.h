/* Shared by the files of the archive, included nowhere else. */
#ifndef DEMAND_ARCHIVE_INTERNAL_H
#define DEMAND_ARCHIVE_INTERNAL_H

#include "lib/tenant/archive.h"

#define MANIFEST_NAME "manifest.json"
#define TABLES_FOLDER "tables/"
#define TABLES_SUFFIX ".jsonl"
#define FILES_FOLDER "files/"
#define SHA256_BYTES 32

/* ---- archive_tables.c: what there is to take along ---- */

struct archive_column {
	const char *name, *type; /* as PostgreSQL writes it */
	bool nullable;
	int key;    /* place in the primary key, behind tenant_id (0, as is a column outside the key) */
	bool late;  /* refers to a table that comes later: filled in when all rows are there */
	bool bytes; /* a file of its own in the archive: files/<id> */
};

struct archive_table {
	const char *name;
	struct archive_column *columns; /* those that are taken along, in the order of the table */
	size_t column_count;
	const char *where; /* which rows, of x; NULL: all */
	bool provisioned;  /* a new company has rows of it, which make room for those of the archive */
	bool profile;      /* the company's own row, which is there already */
	bool people;       /* some may be there already */
};

struct archive_tables {
	struct archive_table *items; /* each behind those that it refers to */
	size_t count;
	int64_t schema_version;
};
/* E_INTERNAL: the catalogue holds what cannot be archived; logged. */
enum err archive_tables_read(struct ttx *, struct archive_tables *out) MUST_CHECK;
const struct archive_table *archive_table_find(const struct archive_tables *, struct str name);
const struct archive_column *archive_column_find(const struct archive_table *, struct str name);
const struct archive_column *archive_bytes_column(const struct archive_table *); /* NULL */

/* ---- archive_sql.c: the statements of a table, put together from names of the catalogue ---- */

/* Rows as JSON with the parts of their key behind: $2 how many; behind_key: $3… the key of the last one. */
struct str archive_select_sql(struct arena *, const struct archive_table *, bool behind_key);
/* $2 a JSON array of rows, $3 the bytes of the file where the table has such a column. names: the columns that the rows have. */
struct str archive_insert_sql(struct arena *, const struct archive_table *, const struct str *names, size_t count);
/* The late columns of the rows of $2; absent when there are none among the names. */
struct str archive_late_sql(struct arena *, const struct archive_table *, const struct str *names, size_t count);
struct str archive_any_sql(struct arena *, const struct archive_table *);
struct str archive_clear_sql(struct arena *, const struct archive_table *);

/* ---- spool.c: a file without a name, for what is too large for memory ---- */

struct spool;
struct spool *spool_new(struct arena *); /* NULL: none can be had. Closed with the arena. */
bool spool_add(struct spool *, const void *bytes, size_t length);
int64_t spool_length(const struct spool *);
/* How many there are from there on, at most `room`; -1 when they cannot be read. */
int64_t spool_read(struct spool *, int64_t at, void *out, size_t room);
void spool_clear(struct spool *);

/* ---- archive_tar.c: libarchive behind types ---- */

struct tar_writer;
struct tar_writer *tar_writer_new(struct arena *, bool gzip, archive_sink *, void *context);
bool tar_member(struct tar_writer *, const char *name, int64_t size, int64_t made_at);
bool tar_bytes(struct tar_writer *, const void *bytes, size_t length); /* of the member */
bool tar_end(struct tar_writer *);

enum tar_found { TAR_MEMBER = 1, TAR_NO_MORE, TAR_BROKEN };
struct tar_reader;
struct tar_reader *tar_reader_new(struct arena *, int file);
/* name is absent when it is none that can be told, and when the member is no plain file. */
enum tar_found tar_next(struct tar_reader *, struct str *name);
/* Bytes of the member: 0 at its end, -1 when it is broken. */
int64_t tar_read(struct tar_reader *, void *out, size_t room);

/* ---- archive_check.c: what was read, proven before it is used ---- */

struct archive_member {
	struct str name;
	const struct archive_table *table; /* NULL: a file */
	struct uuid file;
	int64_t start, bytes, rows; /* in the spool */
	uint8_t sha256[SHA256_BYTES];
	struct str *columns; /* of a table, by the manifest */
	size_t column_count;
};

struct archive_content {
	struct spool *spool;
	struct archive_member *members;
	size_t count;
};
enum err archive_check(struct arena *, int file, const struct archive_tables *, struct archive_content *out,
		       struct str *why) MUST_CHECK;
const struct archive_member *archive_member_of(const struct archive_content *, const struct archive_table *);
const struct archive_member *archive_member_file(const struct archive_content *, struct uuid);

/* Sets *why and gives the error. */
#define REFUSE(c, err, ...) (*(c)->why = arena_printf((c)->arena, __VA_ARGS__), (err))

/* ---- archive_people.c ---- */

/*
 * Somebody of the archive who is here already by the e-mail address becomes one with the row of the archive: what is signed in by stays, the id is the
 * archive's.
 */
enum err archive_meet_people(struct ttx *, const struct archive_content *, const struct archive_table *people,
			     struct str *why) MUST_CHECK;

/* The next line of a member, from *at on, in the buffer; absent at the end. E_TOOBIG: too long. */
struct archive_lines {
	struct spool *spool;
	int64_t at, end;
	struct buffer *held; /* of malloc: freed by the owner */
	size_t used;
};
enum err archive_line(struct archive_lines *, struct str *line) MUST_CHECK;

#endif
