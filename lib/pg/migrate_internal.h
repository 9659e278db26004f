/* Shared by the files migrate*.c, included nowhere else. */
#ifndef DEMAND_MIGRATE_INTERNAL_H
#define DEMAND_MIGRATE_INTERNAL_H

#include "lib/pg/migrate.h"

#include <libpq-fe.h>

struct migration {
	int64_t version;
	const char *file; /* 0001_schema.sql */
	struct str name;  /* 0001_schema */
	struct str text;
	bool no_transaction;   /* its first line says so */
	struct str checksum;   /* SHA-256 in hexadecimal */
	struct str applied_at; /* absent: not applied */
	struct str applied_sum;
};

struct migrations {
	struct migration *items;
	size_t count;
	int64_t newest_applied; /* also of files that are not here */
};

/* ---- migrate_files.c ---- */

/* The folder's files in order; a name of another form, or a number given twice is refused. */
enum err migrate_files(struct arena *, const char *folder, struct migrations *out, struct buffer *report) MUST_CHECK;
enum err migrate_read_file(struct arena *, const char *path, struct str *out, struct buffer *report) MUST_CHECK;

/* ---- migrate_runner.c: the connection ---- */

#define LOCK_TIMED_OUT "55P03"

struct runner {
	PGconn *connection;
	struct arena *arena;
	struct buffer *report;
	char sqlstate[6]; /* of the last error */
};

/* Close it also when it could not be opened. */
enum err runner_open(struct runner *, const char *conninfo, struct buffer *report) MUST_CHECK;
void runner_close(struct runner *);
/* Two runners at once would both see a migration as not applied: one waits for the other. */
enum err runner_take_turn(struct runner *) MUST_CHECK;
/* One statement; where and line (0: none) go in front of its error. */
enum err runner_run(struct runner *, const char *sql, const char *where, size_t line) MUST_CHECK;
/* One statement that may fail. */
void runner_try(struct runner *, const char *sql);
/* Each statement of a file by itself. */
enum err runner_run_file(struct runner *, const char *file, struct str text) MUST_CHECK;
/* The first column of the first row, copied; absent when it is NULL or there is no row. At most four arguments. */
enum err runner_ask(struct runner *, const char *sql, size_t count, const struct str *arguments,
		    struct str *out) MUST_CHECK;
/* At most four columns, copied. */
enum err runner_rows(struct runner *, const char *sql, void (*row)(void *context, const struct str *cells),
		     void *context, size_t columns) MUST_CHECK;
/* BEGIN, work, COMMIT whose tag is checked; ROLLBACK when work fails. */
enum err runner_in_transaction(struct runner *, enum err (*work)(struct runner *, const void *),
			       const void *argument) MUST_CHECK;

#endif
