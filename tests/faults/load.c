/*
 * Requests for the list of leads at times that are fixed beforehand, whatever the answers do; or as fast as answers come.
 *
 *   load open RATE SECONDS       so many a second, on connections that stand. How long an answer took counts from when the request was due, not from when it was sent.
 *   load closed N SECONDS        N at a time, one after the other: what the stack does at most
 *   load until RATE FILE         as open, until FILE is there
 *
 * Prints one line of figures: good (200), refused (429 and 503 that say when to come again), lost (no answer), other (anything else, with the
 * first of them on stderr), good answers a second, and the milliseconds that half, 99 % and all good answers took at most.
 */
#include "tests/faults/http.h"

#include "lib/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_CONNECTIONS 600
#define MOST_TIMES ((size_t)1000000)

struct load {
	struct http *http;
	struct call calls[MOST_CONNECTIONS];
	struct call *idle[MOST_CONNECTIONS];
	size_t idle_count;
	size_t good, good_in_time, refused, lost, other;
	bool over;      /* what comes now counts, but not for the rate */
	int64_t *times; /* of good answers */
};

static void done(void *context, struct call *call, const struct answer *answer)
{
	struct load *load = context;

	load->idle[load->idle_count++] = call;
	if (answer->status == 200) {
		if (load->good < MOST_TIMES)
			load->times[load->good] = clock_monotonic() - call->scheduled;
		load->good++;
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
	http_start(load->http, call);
}

static void run_open(struct load *load, double rate, int64_t until, const char *file)
{
	int64_t started = clock_monotonic(), now = started;
	size_t sent = 0;

	while (file ? access(file, F_OK) != 0 : now < until) {
		for (;;) {
			int64_t due = started + (int64_t)((double)sent * MICROSECONDS_PER_SECOND / rate);

			now = clock_monotonic();
			if (due > now || load->idle_count == 0)
				break;
			begin(load, due);
			sent++;
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

static void print(struct load *load, int64_t took)
{
	qsort(load->times, load->good < MOST_TIMES ? load->good : MOST_TIMES, sizeof(*load->times), compare);
	printf("good=%zu refused=%zu lost=%zu other=%zu rate=%.0f p50=%.1f p99=%.1f max=%.1f\n", load->good,
	       load->refused, load->lost, load->other,
	       (double)load->good_in_time * MICROSECONDS_PER_SECOND / (double)took, milliseconds_of(load, 0.5),
	       milliseconds_of(load, 0.99), milliseconds_of(load, 1));
}

int main(int count, char **arguments)
{
	static struct load load;
	int64_t first, seconds = 0, started, took;
	bool file = count == 4 && strcmp(arguments[1], "until") == 0;

	if (count != 4 || !str_to_int64(str_from(arguments[2]), &first) || first < 1 ||
	    (!file && (!str_to_int64(str_from(arguments[3]), &seconds) || seconds < 1)))
		http_fail("usage: load open RATE SECONDS | closed CONNECTIONS SECONDS | until RATE FILE");
	load.http = http_new(MOST_CONNECTIONS);
	load.times = malloc(MOST_TIMES * sizeof(*load.times));
	if (!load.times)
		http_fail("no memory");
	while (load.idle_count < MOST_CONNECTIONS) {
		load.idle[load.idle_count] = &load.calls[load.idle_count];
		load.idle_count++;
	}
	if (strcmp(arguments[1], "open") == 0)
		warm_up(&load);
	started = clock_monotonic();
	if (strcmp(arguments[1], "closed") == 0)
		run_closed(&load, (size_t)first, started + seconds * MICROSECONDS_PER_SECOND);
	else
		run_open(&load, (double)first, started + seconds * MICROSECONDS_PER_SECOND, file ? arguments[3] : NULL);
	/* Of what is still under way, answers count but no time. */
	took = clock_monotonic() - started;
	load.over = true;
	while (http_busy(load.http) > 0)
		http_wait(load.http, 10);
	print(&load, took);
	free(load.times);
	http_free(load.http);
	return load.lost + load.other > 0;
}
