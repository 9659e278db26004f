/* What rows of an entity are compared by, and the statements made from that. */
#ifndef DEMAND_DUPLICATE_SQL_H
#define DEMAND_DUPLICATE_SQL_H

#include "lib/crm/duplicate.h"

struct duplicate_key {
	enum duplicate_reason reason;
	const char *word, *column;
	const char
		*value; /* SQL: of a row that is about to be made; $2 name, $3 address, $4 zip, $5 phone, $6 e-mail */
	int score;
};
struct duplicate_rules {
	const char *table; /* the entity's plural, too */
	const struct duplicate_key *keys;
	size_t count;
	size_t arguments; /* how many of $2 to $6 its values name */
	const char *
		contact; /* the field that says which contact it is: one without is held against contacts, too; NULL: none */
};
extern const struct duplicate_rules duplicate_rules[];
extern const size_t duplicate_rules_count;
/* NULL: it is not looked through. */
const struct duplicate_rules *duplicate_rules_of(const struct entity *);

/*
 * The template with words filled in: {table}, {column} of the key (NULL: none), {columns} of all keys, and {reasons} and
 * {score} of two rows a and b.
 */
struct str duplicate_sql(struct arena *, const struct duplicate_rules *, const struct duplicate_key *,
			 const char *pattern);
/* Whether row r has the key's value of the row that is about to be made: true, false, or null. */
struct str duplicate_is_like(struct arena *, const struct duplicate_key *);

#endif
