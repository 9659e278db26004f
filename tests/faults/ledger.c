/*
 * Writes that were acknowledged, for a ledger outside the database.
 *
 *   ledger write NAME COUNT CONNECTIONS FILE   creates COUNT leads, each with an Idempotency-Key of its own. What is not answered, or with 429 or
 *                                              5xx, is sent again with the same key until it is acknowledged. Each acknowledged write becomes a line
 *                                              "number<tab>id" in FILE.
 *   ledger check NAME CONNECTIONS FILE EVERY   reads every EVERY-th line's lead again, and sends its write once more with its key
 *
 * Its last line are its figures. Exit code 1: an answer that may not be.
 */
#include "tests/faults/http.h"

#include "lib/base/buffer.h"
#include "lib/base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_CONNECTIONS 64
#define PAUSE 50000 /* microseconds until a refused write is sent again */
#define ID_BYTES 36

struct entry {
	struct call call;
	struct buffer path, body, key;
	char id[ID_BYTES + 1];
	int64_t not_before;
	bool waiting, busy;
};

struct ledger {
	struct http *http;
	const char *name;
	FILE *file;
	struct entry entries[MOST_CONNECTIONS];
	size_t acknowledged, again, replayed, unanswered, wrong, checked;
};

static size_t number(const char *text)
{
	int64_t value;

	if (!str_to_int64(str_from(text), &value) || value < 1)
		http_fail("not a number: %s", text);
	return (size_t)value;
}

static void complain(struct ledger *ledger, const struct entry *entry, const struct answer *answer)
{
	if (ledger->wrong++ < 10)
		(void)fprintf(stderr, "write %zu: status %d %s\n", entry->call.number, answer->status, answer->body);
}

static bool find_id(const struct answer *answer, char id[ID_BYTES + 1])
{
	static const char mark[] = "\"id\":\"";
	const char *at = strstr(answer->body, mark);

	if (!at || strlen(at) < sizeof(mark) + ID_BYTES)
		return false;
	memcpy(id, at + sizeof(mark) - 1, ID_BYTES);
	id[ID_BYTES] = '\0';
	return true;
}

static void send(struct ledger *ledger, struct entry *entry)
{
	entry->waiting = false;
	entry->busy = true;
	http_start(ledger->http, &entry->call);
}

static void prepare_write(struct ledger *ledger, struct entry *entry, size_t n)
{
	buffer_clear(&entry->key);
	buffer_clear(&entry->body);
	buffer_printf(&entry->key, "%s-%zu", ledger->name, n);
	buffer_printf(&entry->body, "{\"name\":\"%s %zu\"}", ledger->name, n);
	entry->call.number = n;
	entry->call.path = "/api/leads";
	entry->call.body = entry->body.bytes;
	entry->call.idempotency_key = entry->key.bytes;
}

/* ---- write ---- */

static void written(void *context, struct call *call, const struct answer *answer)
{
	struct ledger *ledger = context;
	struct entry *entry = (struct entry *)(void *)call;

	entry->busy = false;
	if (answer->status == 201 && find_id(answer, entry->id)) {
		ledger->acknowledged++;
		ledger->replayed += answer->replayed;
		(void)fprintf(ledger->file, "%zu\t%s\n", call->number, entry->id);
		return;
	}
	/* Whether it was written is not known: the same key again. */
	if (answer->status == 0 || answer->status == 429 || answer->status >= 500) {
		ledger->again++;
		ledger->unanswered += answer->status == 0;
		if (answer->status == 500 || (answer->status >= 429 && !answer->retry_after))
			complain(ledger, entry, answer);
		entry->waiting = true;
		entry->not_before = clock_monotonic() + PAUSE;
		return;
	}
	complain(ledger, entry, answer);
}

static void write_all(struct ledger *ledger, size_t count, size_t connections)
{
	size_t next = 1, open = 1;

	while (open > 0) {
		int64_t now = clock_monotonic();

		open = 0;
		for (size_t i = 0; i < connections; i++) {
			struct entry *entry = &ledger->entries[i];

			if (entry->waiting && entry->not_before <= now)
				send(ledger, entry);
			if (!entry->waiting && !entry->busy && next <= count) {
				prepare_write(ledger, entry, next++);
				entry->call.done = written;
				send(ledger, entry);
			}
			open += entry->waiting || entry->busy;
		}
		http_wait(ledger->http, 10);
	}
}

/* ---- check ---- */

static void sent_again(void *context, struct call *call, const struct answer *answer)
{
	struct ledger *ledger = context;
	struct entry *entry = (struct entry *)(void *)call;
	char id[ID_BYTES + 1];

	entry->busy = false;
	if (answer->status != 201 || !answer->replayed || !find_id(answer, id) || strcmp(id, entry->id) != 0)
		complain(ledger, entry, answer);
	ledger->checked++;
}

static void read_again(void *context, struct call *call, const struct answer *answer)
{
	struct ledger *ledger = context;
	struct entry *entry = (struct entry *)(void *)call;
	char id[ID_BYTES + 1];

	if (answer->status != 200 || !find_id(answer, id) || strcmp(id, entry->id) != 0)
		complain(ledger, entry, answer);
	prepare_write(ledger, entry, call->number);
	call->done = sent_again;
	/* This line is free only after the callback. */
	entry->busy = false;
	entry->waiting = true;
}

static void check_all(struct ledger *ledger, size_t connections, size_t every)
{
	bool more = true;
	size_t line = 0, open = 1;

	while (more || open > 0) {
		open = 0;
		for (size_t i = 0; i < connections; i++) {
			struct entry *entry = &ledger->entries[i];
			size_t n;

			if (entry->waiting)
				send(ledger, entry);
			while (more && !entry->busy) {
				more = fscanf(ledger->file, "%zu %36s", &n, entry->id) == 2;
				if (!more || line++ % every != 0)
					continue;
				buffer_clear(&entry->path);
				buffer_printf(&entry->path, "/api/leads/%s", entry->id);
				entry->call = (struct call){
					.path = entry->path.bytes, .done = read_again, .context = ledger, .number = n};
				send(ledger, entry);
			}
			open += entry->busy;
		}
		http_wait(ledger->http, 10);
		for (size_t i = 0; i < connections; i++)
			open += ledger->entries[i].waiting;
	}
}

/* ---- program ---- */

int main(int count, char **arguments)
{
	static struct ledger ledger;
	bool writes = count == 6 && strcmp(arguments[1], "write") == 0;
	const char *path;
	size_t connections;
	int64_t started = clock_monotonic();

	if (!writes && (count != 6 || strcmp(arguments[1], "check") != 0))
		http_fail("usage: ledger write NAME COUNT CONNECTIONS FILE | check NAME CONNECTIONS FILE EVERY");
	connections = number(arguments[writes ? 4 : 3]);
	path = arguments[writes ? 5 : 4];
	if (connections > MOST_CONNECTIONS)
		http_fail("at most %d connections", MOST_CONNECTIONS);
	ledger.name = arguments[2];
	ledger.file = fopen(path, writes ? "w" : "r");
	if (!ledger.file)
		http_fail("%s does not open", path);
	/* Each acknowledged write is in the file before the next is begun. */
	(void)setvbuf(ledger.file, NULL, _IOLBF, 0);
	ledger.http = http_new(connections);
	for (size_t i = 0; i < connections; i++)
		ledger.entries[i].call.context = &ledger;
	if (writes) {
		write_all(&ledger, number(arguments[3]), connections);
		printf("acknowledged=%zu again=%zu unanswered=%zu replayed=%zu wrong=%zu seconds=%lld\n",
		       ledger.acknowledged, ledger.again, ledger.unanswered, ledger.replayed, ledger.wrong,
		       (long long)(clock_monotonic() - started) / MICROSECONDS_PER_SECOND);
	} else {
		check_all(&ledger, connections, number(arguments[5]));
		printf("checked=%zu wrong=%zu\n", ledger.checked, ledger.wrong);
	}
	http_free(ledger.http);
	return ledger.wrong > 0;
}
