#include "lib/crm/purge.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"

enum err purge_run(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	int64_t before = clock_now() - (int64_t)PURGE_DAYS * 86400 * MICROSECONDS_PER_SECOND, erased = 0;
	enum err e = OK;

	for (size_t i = 0; e == OK && erased == 0 && i < entities_count; i++)
		e = trash_purge(tx, entities[i], before, &erased);
	if (e) {
		ttx_rollback(tx);
		return e;
	}
	return job_commit(run, tx, erased > 0 ? JOB_AGAIN : JOB_TOMORROW);
}
