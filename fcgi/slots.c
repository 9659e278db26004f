#include "fcgi/slots.h"
#include "fcgi/worker.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define VARIABLE "DEMAND_DRAINING"
#define MILLISECOND (MICROSECONDS_PER_SECOND / 1000)
#define QUICK_DEATH MICROSECONDS_PER_SECOND      /* it died as it started */
#define LONG_LIFE (10 * MICROSECONDS_PER_SECOND) /* what was wrong is over */
#define FIRST_PAUSE (100 * MILLISECOND)
#define LONGEST_PAUSE (5 * MICROSECONDS_PER_SECOND)
#define DRAIN_MOST (20 * MICROSECONDS_PER_SECOND)

struct slot {
	pid_t pid; /* 0: empty */
	size_t pool;
	int64_t started, not_before, pause;
	int64_t kill_at; /* told to end; 0: not told */
};

struct slots {
	const struct master_plan *plan;
	struct shared *shared;
	size_t count, old_count;
	struct slot *old; /* workers of the program before this one: they only end */
	struct slot items[];
};

/* ---- making ---- */

static void take_over(struct slots *slots)
{
	struct str list = str_from(getenv(VARIABLE));
	int64_t pid, now = clock_monotonic();
	size_t most = list.n / 2 + 1;

	slots->old = calloc(most, sizeof(*slots->old));
	if (!slots->old)
		abort();
	while (!str_absent(list) && slots->old_count < most)
		if (str_to_int64(str_split(&list, ','), &pid) && pid > 1 && pid <= INT32_MAX)
			slots->old[slots->old_count++] = (struct slot){.pid = (pid_t)pid, .kill_at = now + DRAIN_MOST};
	(void)unsetenv(VARIABLE);
}

struct slots *slots_new(const struct master_plan *plan)
{
	size_t count = 0, at = 0;
	struct slots *slots;

	for (size_t i = 0; i < POOLS; i++)
		count += plan->pools[i].workers;
	slots = calloc(1, sizeof(*slots) + count * sizeof(slots->items[0]));
	if (!slots)
		abort();
	slots->plan = plan;
	slots->count = count;
	slots->shared = shared_new(count, plan->config->rate_scale);
	for (size_t i = 0; i < POOLS; i++)
		for (size_t n = 0; n < plan->pools[i].workers; n++)
			slots->items[at++].pool = i;
	take_over(slots);
	return slots;
}

void slots_free(struct slots *slots)
{
	shared_free(slots->shared);
	free(slots->old);
	free(slots);
}

/* ---- starting ---- */

static void become_worker(struct slots *slots, size_t index)
{
	const struct master_plan *plan = slots->plan;
	struct worker worker = {
		.config = plan->config,
		.templates = plan->templates,
		.shared = slots->shared,
		.slot = shared_worker(slots->shared, index),
		.listener = plan->pools[slots->items[index].pool].listener,
	};
	sigset_t held;

	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGTERM);
	/* Ctrl-C reaches the whole group: the master decides. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &held, NULL);
	for (size_t i = 0; i < POOLS; i++)
		if (i != slots->items[index].pool)
			(void)close(plan->pools[i].listener);
	worker_run(&worker);
}

/* True in the worker. */
static bool start_worker(struct slots *slots, size_t index)
{
	struct slot *slot = &slots->items[index];
	struct worker_slot *shared = shared_worker(slots->shared, index);
	pid_t master = getpid(), pid;

	atomic_store(&shared->busy_since, 0);
	shared_stream_end(shared);
	atomic_store(&shared->requests, 0);
	slot->started = clock_monotonic();
	slot->kill_at = 0;
	pid = fork();
	if (pid < 0) {
		log_event(LOG_ERROR, "worker", "fork: %s", strerror(errno));
		slot->not_before = slot->started + LONGEST_PAUSE;
		return false;
	}
	if (pid > 0) {
		slot->pid = pid;
		return false;
	}
	/* A worker without a master drains and ends. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != master)
		_exit(0);
	become_worker(slots, index);
	return true;
}

bool slots_fill(struct slots *slots)
{
	int64_t now = clock_monotonic();

	for (size_t i = 0; i < slots->count; i++)
		if (slots->items[i].pid == 0 && slots->items[i].not_before <= now && start_worker(slots, i))
			return true;
	return false;
}

/* ---- ending ---- */

static void log_end(const struct slots *slots, size_t index, pid_t pid, int status)
{
	const char *pool = slots->plan->pools[slots->items[index].pool].name;
	long long requests = (long long)atomic_load(&shared_worker(slots->shared, index)->requests);

	if (WIFSIGNALED(status))
		log_event(LOG_ERROR, "worker", "%s worker %d was ended by signal %d", pool, (int)pid, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_event(LOG_ERROR, "worker", "%s worker %d ended with code %d", pool, (int)pid, WEXITSTATUS(status));
	else
		log_event(LOG_DEBUG, "worker", "%s worker %d is done after %lld requests", pool, (int)pid, requests);
}

/* One death is mended at once; who dies as soon as it starts is started less and less often. */
static void plan_next(struct slot *slot, bool well)
{
	int64_t now = clock_monotonic(), life = now - slot->started;

	slot->pid = 0;
	slot->not_before = now;
	if (life >= LONG_LIFE)
		slot->pause = 0;
	if (well || life >= QUICK_DEATH)
		return;
	slot->pause = slot->pause == 0 ? FIRST_PAUSE : slot->pause * 2;
	if (slot->pause > LONGEST_PAUSE)
		slot->pause = LONGEST_PAUSE;
	slot->not_before = now + slot->pause;
}

void slots_ended(struct slots *slots, pid_t pid, int status)
{
	for (size_t i = 0; i < slots->count; i++)
		if (slots->items[i].pid == pid) {
			log_end(slots, i, pid, status);
			plan_next(&slots->items[i], WIFEXITED(status) && WEXITSTATUS(status) == 0);
			return;
		}
	for (size_t i = 0; i < slots->old_count; i++)
		if (slots->old[i].pid == pid) {
			slots->old[i] = slots->old[--slots->old_count];
			return;
		}
}

size_t slots_running(const struct slots *slots)
{
	size_t running = slots->old_count;

	for (size_t i = 0; i < slots->count; i++)
		running += slots->items[i].pid != 0;
	return running;
}

/* ---- watching ---- */

static void kill_stuck(struct slot *slot, const char *why)
{
	log_event(LOG_ERROR, "worker", "worker %d is killed: %s", (int)slot->pid, why);
	(void)kill(slot->pid, SIGKILL);
	/* Once is enough: what SIGKILL does not end, a second one does not either. */
	slot->kill_at = INT64_MAX;
}

void slots_watch(struct slots *slots)
{
	int64_t now = clock_monotonic(), most = slots->plan->config->request_seconds * MICROSECONDS_PER_SECOND;

	for (size_t i = 0; i < slots->count; i++) {
		struct slot *slot = &slots->items[i];
		int64_t busy = atomic_load(&shared_worker(slots->shared, i)->busy_since);

		if (slot->pid == 0 || slot->kill_at == INT64_MAX)
			continue;
		if (busy > 0 && now - busy > most)
			kill_stuck(slot, "one request took too long");
		else if (slot->kill_at && now > slot->kill_at)
			kill_stuck(slot, "it did not end");
	}
	for (size_t i = 0; i < slots->old_count; i++)
		if (now > slots->old[i].kill_at)
			kill_stuck(&slots->old[i], "it did not end after a reload");
}

void slots_stop(struct slots *slots)
{
	int64_t kill_at = clock_monotonic() + DRAIN_MOST;

	for (size_t i = 0; i < slots->count; i++)
		if (slots->items[i].pid) {
			(void)kill(slots->items[i].pid, SIGTERM);
			slots->items[i].kill_at = kill_at;
		}
}

void slots_hand_over(struct slots *slots)
{
	struct buffer list = BUFFER_IN(NULL);

	slots_stop(slots);
	for (size_t i = 0; i < slots->count; i++)
		if (slots->items[i].pid)
			buffer_printf(&list, "%s%d", list.length ? "," : "", (int)slots->items[i].pid);
	for (size_t i = 0; i < slots->old_count; i++)
		buffer_printf(&list, "%s%d", list.length ? "," : "", (int)slots->old[i].pid);
	if (list.length && setenv(VARIABLE, list.bytes, 1) != 0)
		abort();
	buffer_free(&list);
}

void slots_keep(struct slots *slots)
{
	(void)slots;
	(void)unsetenv(VARIABLE);
}
