#include "fcgi/rate.h"

#include "lib/base/clock.h"
#include "lib/tenant/user.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>

#define SLOTS 65536 /* a power of two */
#define PROBES 8
#define CLAIM_TRIES 8
#define MINUTE (60 * MICROSECONDS_PER_SECOND)

struct rate_slot {
	_Atomic uint64_t key;    /* keyed hash of class and key; 0: never used */
	_Atomic int64_t full_at; /* clock_monotonic; in the past: the bucket is full */
};

struct rate_table {
	uint8_t key[crypto_shorthash_KEYBYTES];
	int64_t scale;
	struct rate_slot slots[SLOTS];
};

/* clang-format off */
static const struct {
	const char *name;
	int64_t per_minute, burst;
} limits[RATE_END] = {
	[RATE_READ] = {"read", 1200, 300},
	[RATE_WRITE] = {"write", 600, 300},
	[RATE_LOGIN] = {"login", 20, 10},
	[RATE_SIGNUP] = {"signup", 60, 30},
	[RATE_FORM] = {"form", 10, 10},
	[RATE_FORMS] = {"forms", 120, 60},
	[RATE_ACCOUNT] = {"account", 10, 5},
	[RATE_TENANT] = {"tenant", 6000, 1500},
	[RATE_REFUSED] = {"refused", 60, 30},
};
/* clang-format on */

size_t rate_table_bytes(void)
{
	return sizeof(struct rate_table);
}

void rate_table_start(struct rate_table *table, int64_t scale)
{
	crypto_shorthash_keygen(table->key);
	table->scale = scale;
}

const char *rate_name(unsigned class)
{
	return class < RATE_END && limits[class].name ? limits[class].name : "free";
}

static uint64_t bucket_key(const struct rate_table *table, unsigned class, struct str key)
{
	unsigned char text[256] = {(unsigned char)class};
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t number;

	/* A long key is told apart by its first 255 bytes: e-mail addresses and ids are shorter. */
	if (key.n > sizeof(text) - 1)
		key.n = sizeof(text) - 1;
	if (key.n)
		memcpy(text + 1, key.p, key.n);
	crypto_shorthash(hash, text, key.n + 1, table->key);
	memcpy(&number, hash, sizeof(number));
	return number ? number : 1;
}

/*
 * Where the bucket is, or the slot that is given up most lightly: one whose bucket is full again tells nothing; in a crowd the one that is full
 * soonest. *held and *full_at are what stood in it.
 */
static struct rate_slot *look_for_slot(struct rate_table *table, uint64_t key, int64_t now, uint64_t *held,
				       int64_t *full_at)
{
	struct rate_slot *victim = NULL;
	int64_t soonest = INT64_MAX;

	for (size_t i = 0; i < PROBES; i++) {
		struct rate_slot *slot = &table->slots[(key + i) & (SLOTS - 1)];
		uint64_t key_there = atomic_load(&slot->key);
		int64_t full_there = atomic_load(&slot->full_at);
		int64_t weight = key_there == 0 || full_there <= now ? INT64_MIN : full_there;

		if (key_there != key && victim && weight >= soonest)
			continue;
		victim = slot;
		soonest = weight;
		*held = key_there;
		*full_at = full_there;
		if (key_there == key)
			break;
	}
	return victim;
}

/*
 * The bucket's slot. Of many processes that see it missing at the same time one takes the slot over, and only that one may empty what stood in it:
 * a second would give back what has been taken since.
 */
static struct rate_slot *find_slot(struct rate_table *table, uint64_t key, int64_t now)
{
	struct rate_slot *slot = NULL;

	for (int tries = 0; tries < CLAIM_TRIES; tries++) {
		uint64_t held = 0;
		int64_t full_at = 0;

		slot = look_for_slot(table, key, now, &held, &full_at);
		if (held == key)
			return slot;
		if (!atomic_compare_exchange_strong(&slot->key, &held, key)) {
			if (held == key)
				return slot;
			continue;
		}
		/* A time that has passed is a full bucket as it is. */
		if (full_at > now)
			(void)atomic_compare_exchange_strong(&slot->full_at, &full_at, now);
		return slot;
	}
	/* Never free long enough: whoever holds it now and we share a bucket. */
	return slot;
}

struct rate_answer rate_ask(struct shared *shared, unsigned class, struct str key, bool take)
{
	struct rate_answer answer = {.allowed = true};
	struct rate_table *table = shared_rates(shared);
	int64_t now = clock_monotonic(), quota, burst, interval, old, full_at;
	struct rate_slot *slot;

	if (class >= RATE_END || limits[class].per_minute == 0)
		return answer;
	quota = limits[class].per_minute * table->scale / 100;
	burst = limits[class].burst * table->scale / 100;
	quota = quota > 0 ? quota : 1;
	burst = burst > 0 ? burst : 1;
	interval = MINUTE / quota > 0 ? MINUTE / quota : 1;
	slot = find_slot(table, bucket_key(table, class, key), now);
	old = atomic_load(&slot->full_at);
	do {
		full_at = (old > now ? old : now) + interval;
		answer.allowed = full_at - now <= burst * interval;
	} while (take && answer.allowed && !atomic_compare_exchange_weak(&slot->full_at, &old, full_at));
	if (!take || !answer.allowed)
		full_at -= interval;
	answer.quota = quota;
	answer.window = 60;
	answer.remaining = burst - (full_at - now + interval - 1) / interval;
	answer.remaining = answer.remaining > 0 ? answer.remaining : 0;
	answer.reset = (full_at - now + MICROSECONDS_PER_SECOND - 1) / MICROSECONDS_PER_SECOND;
	if (!answer.allowed)
		answer.wait = (full_at + interval - burst * interval - now + MICROSECONDS_PER_SECOND - 1) /
			      MICROSECONDS_PER_SECOND;
	return answer;
}

bool rate_take(struct shared *shared, unsigned class, struct str key, int64_t *wait)
{
	struct rate_answer answer = rate_ask(shared, class, key, true);

	*wait = answer.wait > 0 ? answer.wait : 1;
	return answer.allowed;
}

enum err rate_account(struct context *c, struct str email)
{
	char id[UUID_TEXT_LENGTH + 1];
	int64_t wait;

	uuid_print(c->tenant->id, id);
	if (rate_take(c->app->shared, RATE_ACCOUNT,
		      arena_printf(c->arena, "%s/%.*s", id, STR_FMT_ARG(email_normal(c->arena, email))), &wait))
		return OK;
	response_header(c->response, "Retry-After", arena_printf(c->arena, "%lld", (long long)wait));
	return context_fail(c, E_RATE, "Too many attempts for this account. Wait a little and try again.");
}

struct str rate_address_key(struct arena *arena, struct str address)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct in6_addr six;

	if (inet_pton(AF_INET6, arena_c_string(arena, address), &six) != 1)
		return address;
	if (memcmp(six.s6_addr, mapped, sizeof(mapped)) == 0)
		return arena_printf(arena, "%d.%d.%d.%d", six.s6_addr[12], six.s6_addr[13], six.s6_addr[14],
				    six.s6_addr[15]);
	return arena_printf(arena, "%.*s/64", STR_FMT_ARG(hex_encode(arena, six.s6_addr, 8)));
}
