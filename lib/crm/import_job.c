#include "lib/crm/import_job.h"

#include "lib/crm/import.h"

enum err import_run(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	bool more = false;
	enum err err = import_step(tx, run->subject, IMPORT_STEP_ROWS, &more);

	/* Nobody is left to tell that it is gone. */
	if (err == E_NOTFOUND)
		err = OK;
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return job_commit(run, tx, more ? JOB_AGAIN : JOB_DONE);
}
