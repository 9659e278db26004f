#include "jobs/worker.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define ARENA_MOST ((size_t)128 * 1024 * 1024)
#define IDLE_MILLISECONDS 2000 /* what is due later, and what nobody was told of */
#define AWAY_SECONDS 1
#define AWAY_MILLISECONDS (1000 * AWAY_SECONDS)
#define PLAN_SECONDS 3600
#define SUSPENDED_SECONDS 3600

struct jobs_service {
	const struct jobs_plan *plan;
	struct job_kind *kinds; /* of the plan, what this worker takes */
	size_t kind_count;
	struct pg *queue; /* claims, and word of new work */
	struct pg *pg;    /* the work itself, and word of changed companies */
	struct resolver *resolver;
	struct arena *arena; /* of one turn */
	struct arena *own;   /* as long as the worker */
	struct str name;
	struct uuid last; /* the company that had the last turn */
	size_t number;
	int64_t planned; /* 0: not yet */
	bool released;
};

/* True when told to end. Returns early when there is word from the database. */
static bool wait_for(const struct jobs_service *s, int stop, int milliseconds)
{
	struct pollfd wanted[] = {{.fd = stop, .events = POLLIN}, {.fd = pg_socket(s->queue), .events = POLLIN}};

	(void)poll(wanted, wanted[1].fd < 0 ? 1 : 2, milliseconds);
	return (wanted[0].revents & POLLIN) != 0;
}

static const char *word_of(enum err e)
{
	static const struct {
		enum err err;
		const char *word;
	} words[] = {
		{E_BUSY, "database_busy"}, {E_PRECONDITION, "lease_lost"}, {E_LIMIT, "plan_limit"},
		{E_INVALID, "refused"},    {E_CONFLICT, "refused"},        {E_NOTFOUND, "subject_gone"},
	};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (words[i].err == e)
			return words[i].word;
	return "failed";
}

/* The step itself, with the clock that ends a process that does not come back. */
static void run_step(struct job_run *run, const struct job_kind *kind, struct uuid tenant)
{
	int64_t started = clock_monotonic();
	enum err e;

	(void)alarm((unsigned)kind->seconds);
	e = kind->run(run);
	(void)alarm(0);
	log_event(LOG_DEBUG, "job", "%s for %.*s: %s after %lld ms", kind->name, STR_FMT_ARG(run->tenant->slug),
		  e ? word_of(e) : "on", (long long)((clock_monotonic() - started) / 1000));
	/* Whoever lost the lease has nothing to say about the ticket any more. */
	if (e && e != E_PRECONDITION)
		e = job_fail(run, tenant, kind, word_of(e));
	if (e && e != E_PRECONDITION)
		log_event(LOG_WARNING, "job", "%s: the failure could not be written down; its lease will end",
			  kind->name);
}

static enum err one_turn(struct jobs_service *s)
{
	struct job_run run = {.config = s->plan->config};
	const struct job_kind *kind;
	struct tenant *tenant;
	struct uuid id;
	enum err e = job_claim(s->queue, s->arena, s->name, s->kinds, s->kind_count, &s->last, &run, &kind, &id);

	if (e)
		return e;
	run.pg = s->pg;
	if (run.attempts > kind->attempts_most)
		return job_fail(&run, id, kind, "crashed");
	e = resolver_by_id(s->resolver, s->arena, id, &tenant);
	if (e == E_NOTFOUND)
		return job_drop(&run, id);
	/* The database's fault, and not that of the work. */
	if (e)
		return job_put_off(&run, id, AWAY_SECONDS);
	if (tenant->status == TENANT_CANCELLED)
		return job_drop(&run, id);
	if (tenant->status == TENANT_SUSPENDED)
		return job_put_off(&run, id, SUSPENDED_SECONDS);
	run.tenant = tenant;
	run_step(&run, kind, id);
	return OK;
}

/* By one of the workers alone: each does no harm, but once is enough. */
static void plan(struct jobs_service *s)
{
	int64_t now = clock_monotonic();

	if (s->number != 0 || (s->planned && now - s->planned < PLAN_SECONDS * MICROSECONDS_PER_SECOND))
		return;
	s->planned = now;
	for (size_t i = 0; i < s->plan->count; i++)
		if (s->plan->kinds[i].daily && job_plan_daily(s->queue, s->arena, s->plan->kinds[i].name) != OK)
			s->planned = 0;
}

static void heard(void *context, const char *payload)
{
	(void)context;
	(void)payload;
}

/* However many companies have theirs archived: what takes a second is never behind what takes minutes. */
static void choose_kinds(struct jobs_service *s)
{
	bool all = s->number > 0 || s->plan->workers < 2;

	s->kinds = calloc(s->plan->count, sizeof *s->kinds);
	if (!s->kinds)
		abort();
	for (size_t i = 0; i < s->plan->count; i++)
		if (all || !s->plan->kinds[i].lengthy)
			s->kinds[s->kind_count++] = s->plan->kinds[i];
}

struct jobs_service *jobs_service_new(const struct jobs_plan *plan_of, size_t number)
{
	struct jobs_service *s = calloc(1, sizeof *s);
	char host[256] = "";

	if (!s)
		abort();
	s->plan = plan_of;
	s->number = number;
	choose_kinds(s);
	s->arena = arena_new(ARENA_MOST);
	s->pg = pg_new(s->plan->config->database, s->plan->config->jobs_role);
	s->resolver = resolver_new(s->pg);
	s->queue = pg_new(s->plan->config->database, s->plan->config->jobs_role);
	pg_listen(s->queue, JOB_CHANNEL, heard, NULL);
	(void)gethostname(host, sizeof(host) - 1);
	s->own = arena_new(4096);
	s->name = arena_printf(s->own, "%s:%zu", host, number);
	return s;
}

enum err jobs_service_turn(struct jobs_service *s)
{
	enum err e = OK;

	pg_poll(s->queue);
	pg_poll(s->pg);
	if (!s->released)
		e = job_release(s->queue, s->arena, s->name);
	s->released = e == OK;
	if (e == OK) {
		plan(s);
		e = one_turn(s);
	}
	arena_reset(s->arena);
	return e;
}

void jobs_service_free(struct jobs_service *s)
{
	resolver_free(s->resolver);
	pg_free(s->pg);
	pg_free(s->queue);
	arena_free(s->arena);
	arena_free(s->own);
	free(s->kinds);
	free(s);
}

void jobs_worker_run(const struct jobs_plan *plan_of, size_t number)
{
	struct jobs_service *s = jobs_service_new(plan_of, number);
	int pause = 0, stop;
	sigset_t term;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	stop = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	if (stop < 0)
		abort();
	while (!wait_for(s, stop, pause)) {
		enum err e = jobs_service_turn(s);

		pause = e == OK ? 0 : e == E_NOTFOUND ? IDLE_MILLISECONDS : AWAY_MILLISECONDS;
	}
	jobs_service_free(s);
	(void)close(stop);
}
