/*
 * Reads a statement of a tenant's transaction and says which of its relations lacks a tenant_id = $1 of its own.
 *
 * A relation is a table of tenants that stands behind FROM, JOIN, UPDATE, INTO or USING, or behind a comma among those. Its predicate must stand in
 * the same SELECT (not in one around it, not in one inside it), must be joined to the rest by AND, and must name the relation when there are
 * several. The predicate of a LEFT JOIN's ON counts for the joined relation only. An INSERT gives $1 to its column tenant_id, and nothing ever sets
 * tenant_id.
 */
#ifndef DEMAND_STATEMENT_LINT_H
#define DEMAND_STATEMENT_LINT_H

#include "lib/base/buffer.h"

/* tables: lower case, ended by NULL. Adds a line for each breach; how many there were. */
size_t statement_lint(const char *const *tables, struct str sql, struct buffer *complaints);
/* Which of the tables it reads or changes, not those it only adds to; one bool for each, and those that are set stay set. */
void statement_tables(const char *const *tables, struct str sql, bool *named);
/* The statement with $1::uuid IS NOT NULL where that table's tenant_id = $1 stood (table NULL: each table's); how many there were. */
size_t statement_strip(const char *const *tables, const char *table, struct str sql, struct buffer *out);
/* How many of the relations that it reads or changes still have a predicate of their own (table NULL: each table's). */
size_t statement_proven(const char *const *tables, const char *table, struct str sql);

#endif
