/* The statements that stand in the sources as STATEMENT(name, "…"), whether or not anything sends them. */
#ifndef DEMAND_STATEMENT_SOURCES_H
#define DEMAND_STATEMENT_SOURCES_H

#include "lib/base/buffer.h"

struct source {
	const char *file, *text; /* the whole file */
	struct str name, sql;    /* sql absent: it is made of something that cannot be read */
};
/* How many there are. */
size_t each_source(void (*act)(const struct source *));
/* Whether the file hands it to a function whose name begins so: for what kind of transaction it is. */
bool source_passes(const struct source *, const char *prefix);
/* Whether it stands in a source as a statement of a system transaction. */
bool source_is_of_system(struct str sql);

#endif
