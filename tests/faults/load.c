/*
 * Requests for the list of leads at times that are fixed beforehand, whatever the answers do; or as fast as answers come.
 *
 *   load open RATE SECONDS [MOST]  so many a second, on as many connections (200) that stand, of three addresses of this machine.
 *                                  How long an answer took counts from when the request was due, not from when it was sent.
 *   load closed N SECONDS          N at a time, one after the other: what the stack does at most
 *   load until RATE FILE [NAME]    as open, until FILE is there; with a name every fourth writes a lead "NAME n" with an Idempotency-Key
 *
 * Prints one line of figures: sent, good (200, 201), refused (429 and 503 that say when to come again), lost (no answer), other (anything else, with the
 * first of them on stderr), written (leads), good answers a second, the milliseconds that half, 99 % and all good answers took at most,
 * and how much of a processor the load itself took.
 */
#include "tests/faults/http.h"

#include "lib/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST_CONNECTIONS 2000
#define CONNECTIONS 200
#define WRITE_EVERY 4
#define MOST_TIMES ((size_t)1000000)

struct load {
	struct http *http;
	struct call calls[MOST_CONNECTIONS];
	struct call *idle[MOST_CONNECTIONS];
	size_t idle_count;
	size_t sent, good, good_in_time, refused, lost, other, written;
	const char *name; /* of the leads it writes, if any */
	char bodies[MOST_CONNECTIONS][128], keys[MOST_CONNECTIONS][96];
	bool over;      /* what comes now counts, but not for the rate */
	int64_t *times; /* of good answers */
};

static void done(void *context, struct call *call, const struct answer *answer)
{
	struct load *load = context;

	load->idle[load->idle_count++] = call;
	if (answer->status == (call->body ? 201 : 200)) {
		if (load->good < MOST_TIMES)
			load->times[load->good] = clock_monotonic() - call->scheduled;
		load->good++;
		load->written += call->body != NULL;
		load->good_in_time += !load->over;
	} else if ((answer->status == 429 || answer->status == 503) && answer->retry_after) {
		load->refused++;
	} else {
		if (load->lost + load->other < 5)
			(void)fprintf(stderr, "status %d: %s\n", answer->status, answer->body);
		load->lost += answer->status == 0;
		load->other += answer->status != 0;
	}
}

static void begin(struct load *load, int64_t scheduled)
{
	struct call *call = load->idle[--load->idle_count];

	*call = (struct call){.path = "/api/leads?limit=25", .done = done, .context = load, .scheduled = scheduled};
	if (load->name && load->sent % WRITE_EVERY == 0) {
		size_t place = (size_t)(call - load->calls);

		(void)snprintf(load->bodies[place], sizeof(load->bodies[place]), "{\"name\":\"%s %zu\"}", load->name,
			       load->sent);
		(void)snprintf(load->keys[place], sizeof(load->keys[place]), "%s-%zu", load->name, load->sent);
		call->path = "/api/leads";
		call->body = load->bodies[place];
		call->idempotency_key = load->keys[place];
		call->repeatable = true;
	}
	load->sent++;
	http_start(load->http, call);
}

static void run_open(struct load *load, double rate, int64_t until, const char *file)
{
	int64_t started = clock_monotonic(), now = started;

	while (file ? access(file, F_OK) != 0 : now < until) {
		for (;;) {
			int64_t due = started + (int64_t)((double)load->sent * MICROSECONDS_PER_SECOND / rate);

			now = clock_monotonic();
			if (due > now || load->idle_count == 0)
				break;
			begin(load, due);
		}
		http_wait(load->http, 1);
	}
}

static void run_closed(struct load *load, size_t connections, int64_t until)
{
	while (clock_monotonic() < until) {
		while (http_busy(load->http) < connections)
			begin(load, clock_monotonic());
		http_wait(load->http, 10);
	}
}

static void warmed(void *context, struct call *call, const struct answer *answer)
{
	struct load *load = context;

	(void)answer;
	load->idle[load->idle_count++] = call;
}

/* The connections stand before the first request is due: what is measured is requests, not handshakes. */
static void warm_up(struct load *load)
{
	size_t most = load->idle_count;

	for (size_t i = 0; i < most; i++) {
		struct call *call = load->idle[--load->idle_count];

		*call = (struct call){.path = "/health", .done = warmed, .context = load};
		http_start(load->http, call);
	}
	while (http_busy(load->http) > 0)
		http_wait(load->http, 10);
}

static int compare(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static double milliseconds_of(const struct load *load, double share)
{
	size_t count = load->good < MOST_TIMES ? load->good : MOST_TIMES;

	return count ? (double)load->times[(size_t)(share * (double)(count - 1))] / 1000 : 0;
}

static int64_t processor_time(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) != 0)
		abort();
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * MICROSECONDS_PER_SECOND + used.ru_utime.tv_usec +
	       used.ru_stime.tv_usec;
}

static void print(struct load *load, int64_t took, int64_t used)
{
	qsort(load->times, load->good < MOST_TIMES ? load->good : MOST_TIMES, sizeof(*load->times), compare);
	printf("sent=%zu good=%zu refused=%zu lost=%zu other=%zu written=%zu rate=%.0f p50=%.1f p99=%.1f max=%.1f "
	       "processor=%.0f%%\n",
	       load->sent, load->good, load->refused, load->lost, load->other, load->written,
	       (double)load->good_in_time * MICROSECONDS_PER_SECOND / (double)took, milliseconds_of(load, 0.5),
	       milliseconds_of(load, 0.99), milliseconds_of(load, 1), 100 * (double)used / (double)took);
}

int main(int count, char **arguments)
{
	static struct load load;
	int64_t first, seconds = 0, connections = CONNECTIONS, started, took, used;
	const char *more = count == 5 ? arguments[4] : NULL;
	bool file = count >= 4 && strcmp(arguments[1], "until") == 0;

	if ((count != 4 && count != 5) || !str_to_int64(str_from(arguments[2]), &first) || first < 1 ||
	    (!file && (!str_to_int64(str_from(arguments[3]), &seconds) || seconds < 1)) ||
	    (file && more && strlen(more) > 64) || (!file && more && !str_to_int64(str_from(more), &connections)) ||
	    connections < 1 || connections > MOST_CONNECTIONS)
		http_fail("usage: load open RATE SECONDS [MOST] | closed CONNECTIONS SECONDS | until RATE FILE [NAME]");
	load.name = file ? more : NULL;
	load.http = http_new((size_t)connections);
	load.times = malloc(MOST_TIMES * sizeof(*load.times));
	if (!load.times)
		http_fail("no memory");
	while (load.idle_count < (size_t)connections) {
		load.idle[load.idle_count] = &load.calls[load.idle_count];
		load.idle_count++;
	}
	if (strcmp(arguments[1], "open") == 0)
		warm_up(&load);
	used = processor_time();
	started = clock_monotonic();
	if (strcmp(arguments[1], "closed") == 0)
		run_closed(&load, (size_t)first, started + seconds * MICROSECONDS_PER_SECOND);
	else
		run_open(&load, (double)first, started + seconds * MICROSECONDS_PER_SECOND, file ? arguments[3] : NULL);
	/* Of what is still under way, answers count but no time. */
	took = clock_monotonic() - started;
	used = processor_time() - used;
	load.over = true;
	while (http_busy(load.http) > 0)
		http_wait(load.http, 10);
	print(&load, took, used);
	free(load.times);
	http_free(load.http);
	return load.lost + load.other > 0;
}
