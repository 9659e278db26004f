/* The places of a master's workers: who sits there, since when, and when the next one may be started. */
#ifndef DEMAND_SLOTS_H
#define DEMAND_SLOTS_H

#include "fcgi/master.h"

#include <sys/types.h>

struct slots;

/* Also takes over the draining workers of the program before this one (DEMAND_DRAINING). */
struct slots *slots_new(const struct master_plan *);
void slots_free(struct slots *);
/* Starts a worker in every empty place whose time has come. True in a worker, once that has served. */
bool slots_fill(struct slots *);
/* Kills what is stuck in one request, and what does not end. */
void slots_watch(struct slots *);
void slots_ended(struct slots *, pid_t, int status);
size_t slots_running(const struct slots *); /* with those that drain */
/* TERM to all: each finishes the request in hand. */
void slots_stop(struct slots *);
/* The same, and their numbers go into the environment of the program that follows. */
void slots_hand_over(struct slots *);
/* That program did not start: those told to end are replaced as they go. */
void slots_keep(struct slots *);

#endif
