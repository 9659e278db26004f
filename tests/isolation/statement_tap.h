/*
 * Every statement that the program prepares, by the role that sends it: PQsendPrepare is wrapped by the linker. Names of libpq stay in statement_tap.c.
 */
#ifndef DEMAND_STATEMENT_TAP_H
#define DEMAND_STATEMENT_TAP_H

#include "lib/base/buffer.h"

struct tapped {
	const char *role, *sql;
};
size_t tapped_count(void);
const struct tapped *tapped_at(size_t);
bool tapped_has(struct str sql);
/*
 * Whether that role, on a connection of its own, can prepare it and has the rights to run it; false with what the server says, which lives until the
 * next call.
 */
bool statement_runs(const char *conninfo, const char *role, const char *sql, const char **why);

#endif
