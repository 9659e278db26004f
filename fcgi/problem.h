/* The one place where an error becomes a status, words for people, and a problem document (RFC 9457) for programs. */
#ifndef DEMAND_PROBLEM_H
#define DEMAND_PROBLEM_H

#include "fcgi/exchange.h"

int problem_status(enum err);
/* Heading of the error page. */
const char *problem_heading(enum err);
/* The sentence: what the handler said, else the first error about the whole request, else the error's own. */
struct str problem_detail(const struct exchange *, enum err);
/* application/problem+json into the response's body. */
void problem_print(struct exchange *, enum err);

#endif
