/*
 * The master: keeps two pools of workers full, replaces the dead and the stuck, drains on TERM, and on HUP lets a new program take over
 * without a request being lost. It answers no request and holds no database connection.
 */
#ifndef DEMAND_MASTER_H
#define DEMAND_MASTER_H

#include "fcgi/shared.h"
#include "fcgi/web.h"

#define POOLS 2

struct pool_plan {
	const char *name;
	int listener;
	size_t workers;
};

struct master_plan {
	const struct config *config;
	const struct templates *templates;
	struct pool_plan pools[POOLS];
	char *const *arguments; /* of main: what a reload runs again */
};

/* Blocks the master's signals; before anything else may send one. */
void master_block_signals(void);
/* Until TERM or INT; the exit code. Returns in the worker processes too, with *is_worker set, when they are done. */
int master_run(const struct master_plan *, bool *is_worker);

#endif
