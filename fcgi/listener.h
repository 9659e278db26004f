/* The unix sockets that nginx talks to: made by us with the right mode, and kept over a reload. */
#ifndef DEMAND_LISTENER_H
#define DEMAND_LISTENER_H

#include "lib/base/buffer.h"

/* Sockets handed over by the program this one replaced ("3,4" in DEMAND_LISTENERS). Read once at start, then forgotten by the environment. */
void listeners_inherit(void);
/* The inherited socket of that path, or a new one: 0660, of the group (empty: as it comes), non-blocking. -1 with a complaint. */
int listener_open(const char *path, const char *group, struct buffer *complaints);
/* Those inherited that nobody opened. */
void listeners_close_rest(void);
/* For the program that replaces this one. */
void listeners_hand_over(const int *listeners, size_t count);

#endif
