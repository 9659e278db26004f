#include "jobs/master.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NANOSECONDS 100000000L
#define PAUSE MICROSECONDS_PER_SECOND /* before a worker that died is replaced */
#define DRAIN_MOST (60 * MICROSECONDS_PER_SECOND)

struct slot {
	pid_t pid; /* 0: empty */
	int64_t not_before;
};

static const int master_signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGCHLD};

static sigset_t signal_set(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < COUNT_OF(master_signals); i++)
		(void)sigaddset(&set, master_signals[i]);
	return set;
}

/* What the worker keeps blocked is what it reads by itself; nobody else's Ctrl-C ends it in the middle. */
static void become_worker(const struct jobs_plan *plan, size_t number, pid_t master)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != master)
		_exit(1);
	jobs_worker_run(plan, number);
	exit(0);
}

static void fill(const struct jobs_plan *plan, struct slot *slots, size_t count)
{
	int64_t now = clock_monotonic();
	pid_t self = getpid();

	for (size_t i = 0; i < count; i++) {
		if (slots[i].pid || slots[i].not_before > now)
			continue;
		slots[i].pid = fork();
		if (slots[i].pid == 0)
			become_worker(plan, i, self);
		if (slots[i].pid < 0) {
			log_event(LOG_ERROR, "worker", "fork: %s", strerror(errno));
			slots[i] = (struct slot){.not_before = now + PAUSE};
		}
	}
}

static void reap(struct slot *slots, size_t count, bool stopping)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < count; i++) {
			if (slots[i].pid != pid)
				continue;
			slots[i] = (struct slot){.not_before = clock_monotonic() + PAUSE};
			if (!stopping)
				log_event(LOG_ERROR, "worker", "%zu ended by %s %d", i,
					  WIFSIGNALED(status) ? "signal" : "code",
					  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		}
}

static size_t tell_all(const struct slot *slots, size_t count, int number)
{
	size_t running = 0;

	for (size_t i = 0; i < count; i++)
		if (slots[i].pid > 0) {
			running++;
			if (number)
				(void)kill(slots[i].pid, number);
		}
	return running;
}

int jobs_master_run(const struct jobs_plan *plan)
{
	const struct timespec tick = {.tv_nsec = TICK_NANOSECONDS};
	size_t workers = plan->workers;
	struct slot *slots = calloc(workers, sizeof(*slots));
	sigset_t set = signal_set();
	int64_t kill_at = 0;

	if (!slots || sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		abort();
	log_event(LOG_INFO, "start", "%zu workers, %zu kinds of work", workers, plan->count);
	while (!kill_at || tell_all(slots, workers, 0) > 0) {
		int got;

		if (!kill_at)
			fill(plan, slots, workers);
		got = sigtimedwait(&set, NULL, &tick);
		if ((got == SIGTERM || got == SIGINT || got == SIGQUIT) && !kill_at) {
			kill_at = clock_monotonic() + DRAIN_MOST;
			log_event(LOG_INFO, "stop", "draining %zu workers", tell_all(slots, workers, SIGTERM));
		}
		if (kill_at && clock_monotonic() > kill_at)
			(void)tell_all(slots, workers, SIGKILL);
		reap(slots, workers, kill_at != 0);
	}
	free(slots);
	log_event(LOG_INFO, "stop", "done");
	return 0;
}
