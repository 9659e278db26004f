#include "fcgi/shared.h"
#include "fcgi/rate.h"

#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CALL_SLOTS 16384 /* a power of two; tenants beyond are counted by the caller */
#define CALL_PROBES 32

enum call_state { CALL_EMPTY = 0, CALL_CLAIMED, CALL_READY };

struct call_slot {
	_Atomic uint32_t state; /* a slot whose claimer was killed stays CLAIMED and is passed over */
	struct uuid tenant;     /* constant once READY */
	_Atomic int64_t count;
};

struct shared {
	size_t bytes, workers;
	uint8_t key[crypto_shorthash_KEYBYTES];
	_Atomic int64_t flushed_at;
	struct rate_table *rates;
	struct call_slot calls[CALL_SLOTS];
	struct worker_slot slots[];
};

static size_t aligned(size_t bytes)
{
	return (bytes + 63) / 64 * 64;
}

struct shared *shared_new(size_t workers, int64_t rate_scale)
{
	size_t own = aligned(sizeof(struct shared) + workers * sizeof(struct worker_slot));
	size_t bytes = own + rate_table_bytes();
	struct shared *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		abort();
	shared->bytes = bytes;
	shared->workers = workers;
	crypto_shorthash_keygen(shared->key);
	shared->rates = (struct rate_table *)(void *)((char *)shared + own);
	rate_table_start(shared->rates, rate_scale);
	return shared;
}

void shared_free(struct shared *shared)
{
	if (shared)
		(void)munmap(shared, shared->bytes);
}

struct worker_slot *shared_worker(struct shared *shared, size_t index)
{
	if (index >= shared->workers)
		abort();
	return &shared->slots[index];
}

struct rate_table *shared_rates(struct shared *shared)
{
	return shared->rates;
}

static size_t part(const struct shared *shared, size_t of)
{
	return shared->workers < of ? 1 : shared->workers / of;
}

/* Said first and counted then: two who come at once may both be refused, but never both be one too many. */
bool shared_stream_begin(struct shared *shared, struct worker_slot *own, struct uuid tenant)
{
	size_t all = 0, same = 0;
	uint64_t name;

	crypto_shorthash((unsigned char *)&name, tenant.bytes, sizeof(tenant.bytes), shared->key);
	name |= 1;
	atomic_store(&own->stream_of, name);
	for (size_t i = 0; i < shared->workers; i++) {
		uint64_t other = atomic_load(&shared->slots[i].stream_of);

		all += other != 0;
		same += other == name;
	}
	if (all <= part(shared, 2) && same <= part(shared, 4))
		return true;
	shared_stream_end(own);
	return false;
}

void shared_stream_end(struct worker_slot *own)
{
	atomic_store(&own->stream_of, 0);
}

/* The tenant's slot, made when it has none; NULL when there is no room near its place. */
static struct call_slot *call_slot(struct shared *shared, struct uuid tenant)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t place;

	crypto_shorthash(hash, tenant.bytes, sizeof(tenant.bytes), shared->key);
	memcpy(&place, hash, sizeof(place));
	for (size_t i = 0; i < CALL_PROBES; i++) {
		struct call_slot *slot = &shared->calls[(place + i) & (CALL_SLOTS - 1)];
		uint32_t empty = CALL_EMPTY;

		if (atomic_compare_exchange_strong(&slot->state, &empty, CALL_CLAIMED)) {
			slot->tenant = tenant;
			atomic_store(&slot->state, CALL_READY);
			return slot;
		}
		if (atomic_load(&slot->state) == CALL_READY && uuid_equal(slot->tenant, tenant))
			return slot;
	}
	return NULL;
}

bool shared_count_call(struct shared *shared, struct uuid tenant)
{
	struct call_slot *slot = call_slot(shared, tenant);

	if (slot)
		atomic_fetch_add(&slot->count, 1);
	return slot != NULL;
}

bool shared_take_calls(struct shared *shared, size_t *cursor, struct uuid *tenant, int64_t *count)
{
	while (*cursor < CALL_SLOTS) {
		struct call_slot *slot = &shared->calls[(*cursor)++];

		if (atomic_load(&slot->state) != CALL_READY || atomic_load(&slot->count) == 0)
			continue;
		*count = atomic_exchange(&slot->count, 0);
		*tenant = slot->tenant;
		if (*count > 0)
			return true;
	}
	return false;
}

void shared_return_calls(struct shared *shared, size_t cursor, int64_t count)
{
	atomic_fetch_add(&shared->calls[cursor - 1].count, count);
}

bool shared_flush_due(struct shared *shared, int64_t now, int64_t interval)
{
	int64_t last = atomic_load(&shared->flushed_at);

	return now - last >= interval && atomic_compare_exchange_strong(&shared->flushed_at, &last, now);
}
