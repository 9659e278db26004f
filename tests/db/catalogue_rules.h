/*
 * The rules of the schema (docs/database.md), asked of the catalogue. Each rule is a query that names its offenders, and a breach: a
 * statement that makes one, run and rolled back, which proves that the query would see it.
 */
#ifndef DEMAND_TESTS_CATALOGUE_RULES_H
#define DEMAND_TESTS_CATALOGUE_RULES_H

#include "lib/base/buffer.h"

/* Two tables name a tenant without being a tenant's: the directory is GLOBAL, a sign-up in progress is PLATFORM-LOCAL. */
#define TABLES                                                                                                         \
	"WITH tables AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN "   \
	"('r', 'p')),"                                                                                                 \
	" tenant AS (SELECT t.* FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id' "  \
	"AND NOT a.attisdropped"                                                                                       \
	" WHERE t.relname NOT IN ('tenant_directory', 'signup_drafts')) "

struct catalogue_rule {
	const char *title, *offenders, *breach;
};
extern const struct catalogue_rule catalogue_rules[];
extern const size_t catalogue_rules_count;

/* All of them as one query: the number of the rule, the offender. */
struct str catalogue_query(struct arena *);

#endif
