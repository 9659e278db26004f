/*
 * The field errors of one request: what was wrong, where, in words for the person who typed it.
 * Lives in its arena. Order is kept; the first message of a field is the one shown at the field.
 */
#ifndef DEMAND_ERRORS_H
#define DEMAND_ERRORS_H

#include "lib/base/arena.h"

struct errors;

/* field NULL: about the whole request. code is a stable snake_case word for programs ("required", "too_long"). */
struct field_error {
	const char *field;
	const char *code;
	struct str message;
	const struct field_error *next;
};

struct errors *errors_new(struct arena *);
void errors_add(struct errors *, const char *field, const char *code, const char *format, ...) PRINTF(4, 5);
bool errors_any(const struct errors *);
const struct field_error *errors_first(const struct errors *);
const struct field_error *errors_for(const struct errors *, const char *field); /* NULL when there is none */

#endif
