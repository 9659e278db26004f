#include "fcgi/master.h"
#include "fcgi/listener.h"
#include "fcgi/slots.h"

#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NANOSECONDS 100000000L

static const int master_signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD};

static sigset_t signal_set(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < COUNT_OF(master_signals); i++)
		(void)sigaddset(&set, master_signals[i]);
	return set;
}

void master_block_signals(void)
{
	sigset_t set = signal_set();

	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		abort();
}

/* ---- reload ---- */

struct reload {
	pid_t checker;
	bool again; /* asked for while one was running */
};

/* The new program first says whether it would start with what it finds; only then does it take this one's place. */
static void start_check(const struct master_plan *plan, struct reload *reload)
{
	char *arguments[16];
	size_t count = 0;

	if (reload->checker) {
		reload->again = true;
		return;
	}
	while (plan->arguments[count] && count < COUNT_OF(arguments) - 2) {
		arguments[count] = plan->arguments[count];
		count++;
	}
	arguments[count++] = (char[]){"--check"};
	arguments[count] = NULL;
	reload->checker = fork();
	if (reload->checker == 0) {
		sigset_t none;

		(void)sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		(void)execvp(arguments[0], arguments);
		_exit(127);
	}
	if (reload->checker < 0) {
		log_event(LOG_ERROR, "reload", "fork: %s", strerror(errno));
		reload->checker = 0;
	}
}

static void replace_program(const struct master_plan *plan, struct slots *slots)
{
	int listeners[POOLS];

	for (size_t i = 0; i < POOLS; i++)
		listeners[i] = plan->pools[i].listener;
	listeners_hand_over(listeners, POOLS);
	slots_hand_over(slots);
	log_event(LOG_INFO, "reload", "the new program takes over");
	(void)execvp(plan->arguments[0], plan->arguments);
	log_event(LOG_ERROR, "reload", "the new program does not start: %s", strerror(errno));
	slots_keep(slots);
}

static void check_ended(const struct master_plan *plan, struct slots *slots, struct reload *reload, int status)
{
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	reload->checker = 0;
	if (reload->again) {
		reload->again = false;
		start_check(plan, reload);
	} else if (good) {
		replace_program(plan, slots);
	} else {
		log_event(LOG_ERROR, "reload",
			  "refused: the new program or its configuration has complaints; the running one stays");
	}
}

/* ---- the loop ---- */

static void reap(const struct master_plan *plan, struct slots *slots, struct reload *reload)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == reload->checker)
			check_ended(plan, slots, reload, status);
		else
			slots_ended(slots, pid, status);
	}
}

static void close_listeners(const struct master_plan *plan)
{
	const char *const paths[POOLS] = {plan->config->web_socket, plan->config->password_socket};

	for (size_t i = 0; i < POOLS; i++) {
		(void)unlink(paths[i]);
		(void)close(plan->pools[i].listener);
	}
}

int master_run(const struct master_plan *plan, bool *is_worker)
{
	const struct timespec tick = {.tv_nsec = TICK_NANOSECONDS};
	struct slots *slots = slots_new(plan);
	struct reload reload = {0, false};
	sigset_t set = signal_set();
	bool stopping = false;

	log_event(LOG_INFO, "start", "%zu web and %zu password workers", plan->pools[0].workers,
		  plan->pools[1].workers);
	*is_worker = false;
	while (!stopping || slots_running(slots) > 0) {
		int got;

		*is_worker = !stopping && slots_fill(slots);
		if (*is_worker)
			break;
		slots_watch(slots);
		got = sigtimedwait(&set, NULL, &tick);
		if ((got == SIGTERM || got == SIGINT || got == SIGQUIT) && !stopping) {
			stopping = true;
			log_event(LOG_INFO, "stop", "draining %zu workers", slots_running(slots));
			close_listeners(plan);
			slots_stop(slots);
		} else if (got == SIGHUP && !stopping) {
			start_check(plan, &reload);
		}
		reap(plan, slots, &reload);
	}
	slots_free(slots);
	if (!*is_worker)
		log_event(LOG_INFO, "stop", "done");
	return 0;
}
