/*
 * Work that is done later, by demand-jobs: a queue in PostgreSQL.
 *
 * A ticket names a company, a kind and the row it is about. A run is one step of it, a few seconds at most: its effect and the ticket's next state
 * are one transaction, so that a step is done once or not at all, whatever dies. Attempts are counted before the run. A run holds a lease by the
 * database's clock; who comes back after it ended finds that its turn is over, and nothing of what it did stays.
 */
#ifndef DEMAND_JOB_H
#define DEMAND_JOB_H

#include "lib/tenant/tenant.h"

#define JOB_CHANNEL "jobs"

/* ---- whoever has work ---- */

/*
 * In the caller's transaction. kind is a literal of lib/crm/job_kinds.c; run_at 0: now. The same kind and subject is there once: where it waits already it
 * waits until the earlier time, where it runs it runs once more.
 */
enum err job_enqueue(struct ttx *, const char *kind, struct uuid subject, int64_t run_at) MUST_CHECK;
/* Whether such work waits or runs; E_NOTFOUND when it does not. *dead: it was given up. */
enum err job_state(struct ttx *, const char *kind, struct uuid subject, bool *dead) MUST_CHECK;

/* ---- whoever does it ---- */

enum job_next {
	JOB_DONE = 1, /* the ticket goes */
	JOB_AGAIN,    /* got on; more to do when the other companies had their turn */
	JOB_TOMORROW  /* once a day */
};

struct job_run {
	struct pg *pg;       /* role demand_jobs */
	struct arena *arena; /* of this run */
	const struct config *config;
	const struct tenant *tenant;
	struct uuid ticket, subject;
	const char *kind;
	int64_t turn;
	int attempts; /* with this one */
};

struct job_kind {
	const char *name;
	/* One step: begins transactions on run->pg, ends the last by job_commit(). Any other outcome is a failed attempt. */
	enum err (*run)(struct job_run *);
	/*
	 * Nobody goes on with the subject any more, however its last attempt ended: whoever waits for it is told. In the
	 * transaction in which the ticket dies or is taken out. NULL: nobody waits.
	 */
	enum err (*gave_up)(struct ttx *, struct uuid subject);
	/* The way back, when an operator has it tried again. E_PRECONDITION: the subject has gone on without it. */
	enum err (*revive)(struct ttx *, struct uuid subject);
	int attempts_most; /* without getting on; then it is dead */
	int seconds;       /* a run that takes longer is killed */
	bool daily;        /* there for every company, once a day */
	bool lengthy;      /* a run may take minutes: the first of several workers is kept free of them */
};

/*
 * Writes the ticket's next state into the transaction and commits it. E_PRECONDITION, with everything rolled back, when the lease was lost.
 */
enum err job_commit(struct job_run *, struct ttx *, enum job_next) MUST_CHECK;

/*
 * Claims the next due ticket of one of the kinds, of the company behind *last or, round again, of the first; *last becomes its company. E_NOTFOUND:
 * nothing is due. run->tenant is left to the caller.
 */
enum err job_claim(struct pg *, struct arena *, struct str worker, const struct job_kind *kinds, size_t count,
		   struct uuid *last, struct job_run *run, const struct job_kind **kind,
		   struct uuid *tenant) MUST_CHECK;
/* A worker of that name starts: what the one before it held is free at once, not when its lease ends. */
enum err job_release(struct pg *, struct arena *, struct str worker) MUST_CHECK;
/* The attempt failed: later again, or dead. error is a word. E_PRECONDITION: the lease was lost. */
enum err job_fail(struct job_run *, struct uuid tenant, const struct job_kind *, const char *error) MUST_CHECK;
/* Put off, and not counted. */
enum err job_put_off(struct job_run *, struct uuid tenant, int64_t seconds) MUST_CHECK;
/* The company is gone. */
enum err job_drop(struct job_run *, struct uuid tenant) MUST_CHECK;
/* Tickets of a daily kind for the companies that have none, or one that has been dead for a day. */
enum err job_plan_daily(struct pg *, struct arena *, const char *kind) MUST_CHECK;

/* ---- the operator: through role demand_jobs ---- */

struct job_row {
	struct uuid id;
	struct str slug, kind, state, last_error;
	int64_t run_at, created_at;
	int attempts;
};
/* The oldest 500; state absent: all. */
enum err job_list(struct stx *, struct str state, struct job_row **rows, size_t *count) MUST_CHECK;
/*
 * E_NOTFOUND: there is no dead one of that id. E_CONFLICT: the same work waits already. E_PRECONDITION: what it is about has gone on
 * without it.
 */
enum err job_retry(struct pg *, struct arena *, const struct job_kind *kinds, size_t count, struct uuid id) MUST_CHECK;
/* One that runs ends without effect. E_NOTFOUND. */
enum err job_cancel(struct pg *, struct arena *, const struct job_kind *kinds, size_t count, struct uuid id) MUST_CHECK;
/* Those that were given up, and how many seconds the one that has been due longest has waited. */
enum err job_health(struct stx *, int64_t *dead, int64_t *late) MUST_CHECK;

#endif
