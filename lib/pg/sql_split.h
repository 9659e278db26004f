/*
 * Takes a file of SQL apart at its semicolons, as psql does: quotes, dollar quotes, quoted names and both kinds of comment are stepped
 * over. Each statement then travels alone, which a cluster asks for and which lets an error name its line. Bodies written as BEGIN ATOMIC
 * are not known here: write them between dollar quotes.
 */
#ifndef DEMAND_SQL_SPLIT_H
#define DEMAND_SQL_SPLIT_H

#include "lib/base/base.h"

struct sql_split {
	struct str rest;
	size_t line; /* of the first byte of rest, from 1 */
};

static inline struct sql_split sql_split_of(struct str text)
{
	return (struct sql_split){text, 1};
}

/* The next statement without its semicolon, and the line it begins on. False at the end, or with *broken where a quote or comment does not end. */
bool sql_split_next(struct sql_split *, struct str *statement, size_t *line, bool *broken);

#endif
