/*
 * An archive that somebody of the company has asked for: made by demand-jobs, kept for a week as a file in the database, and remembered for good.
 */
#ifndef DEMAND_ARCHIVE_REQUEST_H
#define DEMAND_ARCHIVE_REQUEST_H

#include "lib/tenant/job.h"

#define ARCHIVE_JOB "archive.export"
#define ARCHIVE_ATTEMPTS 4
#define ARCHIVE_SECONDS 1200
#define ARCHIVE_KEPT_DAYS 7

struct archive_request {
	struct uuid id, file; /* file zero: there is none yet, or none any more */
	struct str state;     /* waiting, running, done, failed */
	struct str at_work;   /* a table; absent: none */
	struct str file_name, sha256, actor_name;
	int64_t rows, bytes; /* bytes: of the file */
	int64_t created_at, finished_at, expires_at;
};

/* With its job. E_CONFLICT: one is being made. */
enum err archive_request(struct ttx *, const struct tenant *, struct uuid *id) MUST_CHECK;
/* E_NOTFOUND. */
enum err archive_request_get(struct ttx *, struct uuid id, struct archive_request *out) MUST_CHECK;
/* The latest twenty. */
enum err archive_request_list(struct ttx *, struct archive_request **out, size_t *count) MUST_CHECK;
bool archive_request_works(const struct archive_request *); /* it is not over */

/* The job (lib/crm/job_kinds.c). */
enum err archive_run(struct job_run *);
/* It is not made any more. */
enum err archive_give_up(struct ttx *, struct uuid id) MUST_CHECK;
/* One that was given up is made after all. E_PRECONDITION: it was not. E_CONFLICT: another is being made. */
enum err archive_revive(struct ttx *, struct uuid id) MUST_CHECK;

#endif
