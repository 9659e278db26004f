/* From what a handler left to the bytes that are sent: page, JSON or raw; error page or problem document; the headers on every answer. */
#ifndef DEMAND_ANSWER_H
#define DEMAND_ANSWER_H

#include "fcgi/exchange.h"

/* After the handler said OK. */
enum err answer_render(struct exchange *) MUST_CHECK;
/* In place of whatever stands in the response. */
void answer_error(struct exchange *, enum err);
/* Last: what every answer carries. */
void answer_finish(struct exchange *);
/* When the arena is used up: from constant memory, since there is no other. */
void answer_out_of_memory(const struct request *, bool starved, struct response *);

#endif
