/*
 * Memory that the master and all its workers share: worker slots, rate buckets, API call counters. Mapped once, before the first fork.
 *
 * Nothing in it is ever locked: a worker may be killed between any two instructions, so every change is one atomic operation.
 */
#ifndef DEMAND_SHARED_H
#define DEMAND_SHARED_H

#include "lib/base/id.h"

#include <stdatomic.h>

struct shared;
struct rate_table; /* rate.c */

/* Written by the worker, read by the master's watchdog. */
struct worker_slot {
	_Atomic int64_t busy_since; /* clock_monotonic of the request in hand; 0: idle */
	_Atomic int64_t requests;
	_Atomic uint64_t stream_of; /* for whom it sends a long body; 0: nobody */
};

/* Aborts when the system has no memory. rate_scale: percent of every rate, see rate.h. */
struct shared *shared_new(size_t workers, int64_t rate_scale);
void shared_free(struct shared *); /* NULL is fine */
struct worker_slot *shared_worker(struct shared *, size_t index);
struct rate_table *shared_rates(struct shared *);

/* ---- long bodies ---- */

/*
 * A worker that sends a whole list is busy for seconds. Half of the workers may be so at once, and a quarter for one company, so that there is always
 * somebody for everybody else. False: too many are; `own` is then free.
 */
bool shared_stream_begin(struct shared *, struct worker_slot *own, struct uuid tenant) MUST_CHECK;
void shared_stream_end(struct worker_slot *own);

/* ---- API calls by tenant, until usage_flush() writes them ---- */

/* False when the table is full: the caller records the call itself. */
bool shared_count_call(struct shared *, struct uuid tenant) MUST_CHECK;
/* Takes the next tenant's calls out. *cursor begins at 0. */
bool shared_take_calls(struct shared *, size_t *cursor, struct uuid *tenant, int64_t *count);
/* What could not be written goes back. */
void shared_return_calls(struct shared *, size_t cursor, int64_t count);
/* True for one caller in each `interval`: it does the flush. */
bool shared_flush_due(struct shared *, int64_t now, int64_t interval);

#endif
