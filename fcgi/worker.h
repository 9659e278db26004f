/* A worker: one process, one request at a time, its own two database connections. */
#ifndef DEMAND_WORKER_H
#define DEMAND_WORKER_H

#include "fcgi/shared.h"
#include "fcgi/web.h"

struct worker {
	const struct config *config;
	const struct templates *templates;
	struct shared *shared;
	struct worker_slot *slot;
	int listener; /* non-blocking */
};

/* Serves until SIGTERM or until it has served its share, then tidies up and returns. SIGTERM must be blocked. */
void worker_run(const struct worker *);

#endif
