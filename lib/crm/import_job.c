#include "lib/crm/import_job.h"

#include "lib/base/clock.h"
#include "lib/crm/duplicate.h"
#include "lib/crm/import.h"
#include "lib/tenant/data_file.h"
#include "lib/tenant/export_log.h"

/* A step that died takes fewer rows the next time: what they are matched with may be wider than they are. */
static size_t rows_of(const struct job_run *run)
{
	size_t rows = IMPORT_STEP_ROWS;

	for (int i = 1; i < run->attempts && rows > 1; i++)
		rows = (rows + 3) / 4;
	return rows;
}

enum err import_run(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	bool more = false;
	enum err err = import_step(tx, run->subject, rows_of(run), &more);

	/* Nobody is left to tell that it is gone. */
	if (err == E_NOTFOUND)
		err = OK;
	/* What came may be there already under another spelling. */
	if (err == OK && !more)
		err = duplicate_search_request(tx);
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return job_commit(run, tx, more ? JOB_AGAIN : JOB_DONE);
}

enum err file_purge_run(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	int64_t now = clock_now(), count, entries;
	enum err err = data_file_purge(tx, now, &count);

	if (!err)
		err = export_log_purge(tx, now, &entries);
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return job_commit(run, tx, count == 100 || entries == 1000 ? JOB_AGAIN : JOB_TOMORROW);
}
