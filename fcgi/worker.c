#include "fcgi/worker.h"
#include "fcgi/dispatch.h"
#include "fcgi/fastcgi_io.h"
#include "fcgi/figures.h"
#include "fcgi/usage_flush.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define ARENA_MOST ((size_t)64 * 1024 * 1024)
#define IDLE_MILLISECONDS (USAGE_FLUSH_SECONDS * 1000)

/* Connections that a worker holds while their request has not come: so many at once, for so long. The oldest goes for one more. */
#define PARKED_MOST 64
#define PARKED_SECONDS 10
#define HEAD_MILLISECONDS 2          /* in which the head of a request comes that nginx sends */
#define LAST_PARKED_MILLISECONDS 500 /* what begun requests get when the worker ends */

struct parked {
	int connection;
	int64_t since; /* 0: none */
};

struct service {
	const struct worker *worker;
	struct app app;
	struct arena *arena;
	struct fastcgi *fastcgi;
	int events, stop; /* epoll; signalfd of SIGTERM */
	uint64_t watched; /* pg_connects of the database's socket in the set */
	bool stopping;
	struct parked parked[PARKED_MOST];
	size_t parked_count;
};

/* ---- waiting ---- */

static void unpark(struct service *s, struct parked *parked)
{
	(void)close(parked->connection);
	*parked = (struct parked){0};
	s->parked_count--;
}

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

static void park(struct service *s, int connection)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = connection}};
	size_t oldest = 0;

	for (size_t i = 0; i < PARKED_MOST; i++)
		if (s->parked[i].since < s->parked[oldest].since)
			oldest = i;
	if (s->parked[oldest].since)
		unpark(s, &s->parked[oldest]);
	s->parked[oldest] = (struct parked){.connection = connection, .since = clock_monotonic()};
	s->parked_count++;
	/* What has come since it was looked at is told at once. */
	if (epoll_ctl(s->events, EPOLL_CTL_ADD, connection, &event) != 0)
		abort();
}

static struct parked *find_parked(struct service *s, int connection)
{
	for (size_t i = 0; i < PARKED_MOST; i++)
		if (s->parked[i].since && s->parked[i].connection == connection)
			return &s->parked[i];
	return NULL;
}

static void give_up_parked(struct service *s, int64_t since_before)
{
	for (size_t i = 0; s->parked_count > 0 && i < PARKED_MOST; i++)
		if (s->parked[i].since && s->parked[i].since <= since_before)
			unpark(s, &s->parked[i]);
}

/* The connection when its request has come; -1 when it is parked, still parked, or gone. */
static int look_at(struct service *s, int connection)
{
	struct parked *parked = find_parked(s, connection);
	enum head head = fastcgi_head(s->fastcgi, connection);

	/* Whoever has connected sends at once: parked is who does not, or a request could wait behind another while workers are free. */
	if (head == HEAD_PART && !parked) {
		struct pollfd wanted = {.fd = connection, .events = POLLIN};

		(void)poll(&wanted, 1, HEAD_MILLISECONDS);
		head = fastcgi_head(s->fastcgi, connection);
	}
	switch (head) {
	case HEAD_WHOLE:
		if (parked) {
			*parked = (struct parked){0};
			s->parked_count--;
		}
		return connection;
	case HEAD_PART:
		if (!parked)
			park(s, connection);
		return -1;
	case HEAD_GONE:
	default:
		if (parked)
			unpark(s, parked);
		else
			(void)close(connection);
		return -1;
	}
}

/* A connection whose request has come, or -1 after an event of another kind or some time. */
static int next_connection(struct service *s, int milliseconds)
{
	struct epoll_event event;
	int database = pg_socket(s->app.app_pg), connection;

	/* The database's connection may be a new one; a closed descriptor leaves the set by itself. */
	if (database >= 0 && s->watched != pg_connects(s->app.app_pg)) {
		watch(s, database, EPOLLIN);
		s->watched = pg_connects(s->app.app_pg);
	}
	if (epoll_wait(s->events, &event, 1, milliseconds) < 1)
		return -1;
	connection = event.data.fd;
	if (connection == s->stop) {
		s->stopping = true;
		return -1;
	}
	if (connection == database) {
		/* Silence of its socket is known from the wait: no need to ask once more. */
		pg_poll(s->app.app_pg);
		return -1;
	}
	if (connection == s->worker->listener)
		connection = fastcgi_accept(s->fastcgi);
	return connection < 0 ? -1 : look_at(s, connection);
}

/* ---- serving ---- */

/* Each piece is work of its own for the watchdog. */
static void send_stream(struct service *s, struct response *response)
{
	struct buffer piece = BUFFER_IN(NULL);
	bool more = fastcgi_begin(s->fastcgi, response), whole = false;

	while (more) {
		enum err e = dispatch_piece(response, &piece, &more);

		whole = e == OK && fastcgi_piece(s->fastcgi, buffer_str(&piece));
		more = more && whole;
		atomic_store(&s->worker->slot->busy_since, clock_monotonic());
	}
	dispatch_end(response, whole);
	shared_stream_end(s->worker->slot);
	if (whole)
		fastcgi_end(s->fastcgi);
	else
		fastcgi_break(s->fastcgi);
	buffer_free(&piece);
}

/*
 * Whoever waited long in the queue may have gone: under a flood of the impatient all the work would be for nobody. A write is done all the same, since
 * who sent it may have meant it to be.
 */
static bool is_in_vain(const struct service *s, const struct request *request)
{
	return (request->method == METHOD_GET || request->method == METHOD_HEAD) && fastcgi_given_up(s->fastcgi);
}

static void serve(struct service *s, int connection)
{
	struct aftermath aftermath;
	struct response response;
	struct request *request;

	/* For the watchdog, before anything is read. */
	atomic_store(&s->worker->slot->busy_since, clock_monotonic());
	request = fastcgi_next(s->fastcgi, s->arena, connection);
	if (request && is_in_vain(s, request)) {
		log_event(LOG_INFO, "fastcgi", "a request was dropped: nobody waits for it");
		fastcgi_drop(s->fastcgi);
	} else if (request) {
		dispatch_answer(&s->app, s->arena, request, &response, &aftermath);
		if (response.streaming)
			send_stream(s, &response);
		else
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
		.slot = worker->slot,
		.app_pg = pg_new(config->database, config->app_role),
		.auth_pg = pg_new(config->database, config->auth_role),
	};
	s->app.resolver = resolver_new(s->app.app_pg);
	s->app.figures = figures_new();
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
	figures_free(s->app.figures);
	pg_free(s->app.app_pg);
	pg_free(s->app.auth_pg);
	fastcgi_free(s->fastcgi);
	arena_free(s->arena);
	(void)close(s->events);
	(void)close(s->stop);
}

/* No more is accepted; whoever was accepted and is about to send gets an answer. */
static void serve_parked(struct service *s)
{
	int64_t until = clock_monotonic() + LAST_PARKED_MILLISECONDS * 1000, now;

	(void)epoll_ctl(s->events, EPOLL_CTL_DEL, s->worker->listener, NULL);
	(void)epoll_ctl(s->events, EPOLL_CTL_DEL, s->stop, NULL);
	while (s->parked_count > 0 && (now = clock_monotonic()) < until) {
		int connection = next_connection(s, (int)((until - now) / 1000) + 1);

		if (connection >= 0)
			serve(s, connection);
	}
	give_up_parked(s, INT64_MAX);
}

void worker_run(const struct worker *worker)
{
	struct service service;
	int64_t served = 0;

	start(&service, worker);
	while (!service.stopping && served < worker->config->requests_per_worker) {
		int connection = next_connection(&service, IDLE_MILLISECONDS);

		if (connection >= 0) {
			serve(&service, connection);
			served++;
		}
		if (!service.stopping)
			flush(&service, false);
		give_up_parked(&service, clock_monotonic() - PARKED_SECONDS * MICROSECONDS_PER_SECOND);
	}
	serve_parked(&service);
	end(&service);
}
