/*
 * The archive of a whole company: one tar file with all of its records, and the way back into an empty company. docs/archive.md has the format.
 *
 * What is written comes from one snapshot, table by table as the catalogue names them, each row as a line of JSON; what a table or column is left out
 * for stands in one table (archive_tables.c). The manifest with counts and checksums is the last member: without it an archive is not complete.
 */
#ifndef DEMAND_ARCHIVE_H
#define DEMAND_ARCHIVE_H

#include "lib/tenant/tenant.h"

#define ARCHIVE_FORMAT 1
#define ARCHIVE_SUFFIX ".demand.tar.gz"

struct archive_counts {
	int64_t rows, bytes, members; /* bytes: of the members, before compression */
};

/* Told now and then, with what was done so far and what is at work ("leads"). May be NULL. */
typedef void archive_watch(void *context, const char *what, const struct archive_counts *so_far);

/* ---- writing ---- */

/* False: the bytes cannot be taken; the export ends. */
typedef bool archive_sink(void *context, const void *bytes, size_t length);

struct archive_export {
	struct pg *pg; /* a role under row level security, with no transaction open */
	const struct tenant *tenant;
	bool gzip;
	archive_sink *sink;
	archive_watch *watch;
	void *context; /* of both */
};
/* E_TOOBIG: no room on the disk, or the sink takes no more. Errors of the transaction otherwise. */
enum err archive_export(const struct archive_export *, struct archive_counts *) MUST_CHECK;
/* "acme-hvac-2026-05-04.demand.tar.gz" */
struct str archive_file_name(struct arena *, const struct tenant *, int64_t now);

/* ---- reading ---- */

struct archive_import {
	struct pg *pg;               /* demand_app: see ctl/command_archive.c */
	const struct tenant *tenant; /* holds no records yet */
	int file;                    /* read from where it stands */
	/* What other layers derive from the rows: runs at the end, in the same transaction. May be NULL. */
	enum err (*derive)(struct ttx *);
	archive_watch *watch;
	void *context;
};
/*
 * First reads all of it and compares every checksum; then writes, in one transaction. *why, in the arena, is a sentence for whoever asked.
 * E_MALFORMED: no archive, or a damaged one. E_INVALID: a sound one that does not fit here. E_CONFLICT: the company has records already.
 */
enum err archive_import(const struct archive_import *, struct arena *, struct archive_counts *,
			struct str *why) MUST_CHECK;

/* Active people who have no password, as everybody of an archive: they sign in when they have set one by a link. */
struct archive_person {
	struct uuid id;
	struct str email;
};
enum err archive_people_waiting(struct ttx *, struct archive_person **out, size_t *count) MUST_CHECK;

/* ---- what is left out ---- */

struct archive_omission {
	const char *table, *column; /* column NULL: the whole table */
	const char *reason;
};
extern const struct archive_omission archive_omissions[];
extern const size_t archive_omission_count;

#endif
