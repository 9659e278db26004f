/* Ways to spoil the schema, each a query over the catalogue that writes the statements. */
#ifndef DEMAND_ISOLATION_SCHEMA_MUTATIONS_H
#define DEMAND_ISOLATION_SCHEMA_MUTATIONS_H

#include <stddef.h>

/* Rows of the query: what is spoilt, the statement that spoils it, and one to run before it that is no breach by itself (or NULL). */
struct schema_mutation {
	const char *kind, *query;
};
extern const struct schema_mutation schema_mutations[];
extern const size_t schema_mutations_count;

#endif
