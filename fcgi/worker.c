#include "fcgi/worker.h"
#include "fcgi/dispatch.h"
#include "fcgi/fastcgi_io.h"
#include "fcgi/usage_flush.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define ARENA_MOST ((size_t)64 * 1024 * 1024)
#define IDLE_MILLISECONDS (USAGE_FLUSH_SECONDS * 1000)

struct service {
	const struct worker *worker;
	struct app app;
	struct arena *arena;
	struct fastcgi *fastcgi;
	int events, stop; /* epoll; signalfd of SIGTERM */
	uint64_t watched; /* pg_connects of the database's socket in the set */
	bool stopping;
};

/* ---- waiting ---- */

/*
 * One worker is woken for one connection (EPOLLEXCLUSIVE), not all of them. SIGTERM is read as an event: it never interrupts a request, and a
 * busy queue does not hide it.
 */
static void watch(const struct service *s, int fd, uint32_t kind)
{
	struct epoll_event event = {.events = kind, .data = {.fd = fd}};

	if (epoll_ctl(s->events, EPOLL_CTL_ADD, fd, &event) != 0 && errno != EEXIST)
		abort();
}

static bool wait_for_connection(struct service *s)
{
	struct epoll_event happened[4];
	int database = pg_socket(s->app.app_pg), count;
	bool connection = false, told = false;

	/* The database's connection may be a new one; a closed descriptor leaves the set by itself. */
	if (database >= 0 && s->watched != pg_connects(s->app.app_pg)) {
		watch(s, database, EPOLLIN);
		s->watched = pg_connects(s->app.app_pg);
	}
	count = epoll_wait(s->events, happened, (int)COUNT_OF(happened), IDLE_MILLISECONDS);
	for (int i = 0; i < count; i++) {
		if (happened[i].data.fd == s->stop)
			s->stopping = true;
		else if (happened[i].data.fd == s->worker->listener)
			connection = true;
		else
			told = true;
	}
	/* Silence of its socket is known from the wait: no need to ask once more. */
	if (told)
		pg_poll(s->app.app_pg);
	return connection && !s->stopping;
}

/* ---- serving ---- */

static void mark_busy(void *slot)
{
	atomic_store(&((struct worker_slot *)slot)->busy_since, clock_monotonic());
}

static void serve(struct service *s)
{
	struct request *request = fastcgi_next(s->fastcgi, s->arena, mark_busy, s->worker->slot);
	struct aftermath aftermath;
	struct response response;

	if (request) {
		dispatch_answer(&s->app, s->arena, request, &response, &aftermath);
		fastcgi_answer(s->fastcgi, &response);
		dispatch_aftermath(&s->app, s->arena, &aftermath);
	}
	arena_reset(s->arena);
	atomic_fetch_add(&s->worker->slot->requests, 1);
	atomic_store(&s->worker->slot->busy_since, 0);
}

static void flush(struct service *s, bool now)
{
	usage_flush(&s->app, s->arena, now);
	arena_reset(s->arena);
}

static void start(struct service *s, const struct worker *worker)
{
	const struct config *config = worker->config;
	sigset_t term;

	*s = (struct service){
		.worker = worker, .arena = arena_new(ARENA_MOST), .fastcgi = fastcgi_new(worker->listener)};
	s->app = (struct app){
		.config = config,
		.templates = worker->templates,
		.shared = worker->shared,
		.app_pg = pg_new(config->database, config->app_role),
		.auth_pg = pg_new(config->database, config->auth_role),
	};
	s->app.resolver = resolver_new(s->app.app_pg);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	s->stop = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	s->events = epoll_create1(EPOLL_CLOEXEC);
	if (s->stop < 0 || s->events < 0)
		abort();
	watch(s, s->stop, EPOLLIN);
	watch(s, worker->listener, EPOLLIN | EPOLLEXCLUSIVE);
}

static void end(struct service *s)
{
	flush(s, true);
	resolver_free(s->app.resolver);
	pg_free(s->app.app_pg);
	pg_free(s->app.auth_pg);
	fastcgi_free(s->fastcgi);
	arena_free(s->arena);
	(void)close(s->events);
	(void)close(s->stop);
}

void worker_run(const struct worker *worker)
{
	struct service service;
	int64_t served = 0;

	start(&service, worker);
	while (!service.stopping && served < worker->config->requests_per_worker) {
		if (wait_for_connection(&service)) {
			serve(&service);
			served++;
		}
		if (!service.stopping)
			flush(&service, false);
	}
	end(&service);
}
