#include <sodium.h>
#include <stdlib.h>

#include "lib/pg/scope_internal.h"
#include "lib/tenant/resolver_cache.h"

#define BUCKETS 16384 /* a power of two, over the number of entries */

enum chain { CHAIN_SLUG = RESOLVER_SLUG, CHAIN_CODE = RESOLVER_CODE, CHAIN_ID, CHAINS };

struct entry {
	struct entry *chain[CHAINS]; /* a tenant is in all three, an unknown name in one */
	struct entry *older, *newer; /* by last use, within its kind */
	struct tenant tenant;        /* strings point into text */
	bool unknown;
	enum chain unknown_by;
	int64_t read_at;
	char text[];
};

struct ring {
	struct entry *newest, *oldest;
	size_t count;
};

struct resolver_cache {
	struct entry *buckets[CHAINS][BUCKETS];
	struct ring known, unknown;
	uint64_t generation;
	unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* names come from strangers: no chosen collisions */
};

struct resolver_cache *resolver_cache_new(void)
{
	struct resolver_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		abort();
	random_bytes(cache->hash_key, sizeof(cache->hash_key));
	return cache;
}

void resolver_cache_free(struct resolver_cache *cache)
{
	resolver_cache_clear(cache);
	free(cache);
}

/* ---- chains and rings ---- */

static struct str key_of(const struct entry *entry, enum chain chain)
{
	switch (chain) {
	case CHAIN_SLUG:
		return entry->tenant.slug;
	case CHAIN_CODE:
		return entry->tenant.code;
	case CHAIN_ID:
	case CHAINS:
		break;
	}
	return (struct str){(const char *)entry->tenant.id.bytes, sizeof(entry->tenant.id.bytes)};
}

static struct entry **bucket_of(struct resolver_cache *cache, enum chain chain, struct str key)
{
	uint64_t hash;

	_Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "the hash is one word");
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.p, key.n, cache->hash_key);
	return &cache->buckets[chain][hash % BUCKETS];
}

static struct entry *find(struct resolver_cache *cache, enum chain chain, struct str key)
{
	struct entry *entry = *bucket_of(cache, chain, key);

	while (entry && !str_equal(key_of(entry, chain), key))
		entry = entry->chain[chain];
	return entry;
}

static void unchain(struct resolver_cache *cache, struct entry *entry, enum chain chain)
{
	struct entry **at = bucket_of(cache, chain, key_of(entry, chain));

	while (*at != entry)
		at = &(*at)->chain[chain];
	*at = entry->chain[chain];
}

static struct ring *ring_of(struct resolver_cache *cache, const struct entry *entry)
{
	return entry->unknown ? &cache->unknown : &cache->known;
}

static void ring_remove(struct ring *ring, struct entry *entry)
{
	*(entry->newer ? &entry->newer->older : &ring->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &ring->oldest) = entry->newer;
	ring->count--;
}

static void ring_add(struct ring *ring, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = ring->newest;
	*(ring->newest ? &ring->newest->newer : &ring->oldest) = entry;
	ring->newest = entry;
	ring->count++;
}

static void forget(struct resolver_cache *cache, struct entry *entry)
{
	for (size_t chain = 0; chain < CHAINS; chain++)
		if (!entry->unknown || entry->unknown_by == (enum chain)chain)
			unchain(cache, entry, (enum chain)chain);
	ring_remove(ring_of(cache, entry), entry);
	free(entry);
}

static void add(struct resolver_cache *cache, struct entry *entry, size_t most)
{
	struct ring *ring = ring_of(cache, entry);

	for (size_t i = 0; i < CHAINS; i++) {
		enum chain chain = (enum chain)i;
		struct entry *old, **bucket;

		if (entry->unknown && entry->unknown_by != chain)
			continue;
		old = find(cache, chain, key_of(entry, chain));
		if (old)
			forget(cache, old);
		bucket = bucket_of(cache, chain, key_of(entry, chain));
		entry->chain[chain] = *bucket;
		*bucket = entry;
	}
	ring_add(ring, entry);
	if (ring->count > most)
		forget(cache, ring->oldest);
}

/* ---- copies ---- */

struct copier {
	char *at;
};

static struct str copied(struct copier *copier, struct str text)
{
	struct str copy = {copier->at, text.n};

	if (str_absent(text))
		return STR_NONE;
	memcpy(copier->at, text.p, text.n);
	copier->at += text.n;
	return copy;
}

/* The strings of a snapshot. */
static const size_t texts[] = {
	offsetof(struct tenant, slug),     offsetof(struct tenant, code),
	offsetof(struct tenant, name),     offsetof(struct tenant, company_name),
	offsetof(struct tenant, industry), offsetof(struct tenant, time_zone),
	offsetof(struct tenant, settings), offsetof(struct tenant, custom_fields),
};

static struct str *text_of(struct tenant *tenant, size_t which)
{
	return (struct str *)(void *)((char *)tenant + texts[which]);
}

static size_t text_bytes(const struct tenant *tenant)
{
	struct tenant copy = *tenant;
	size_t bytes = 0;

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		bytes += text_of(&copy, i)->n;
	return bytes;
}

/* The copy's strings are written at `room`; its scope is the caller's. */
static struct tenant tenant_copy(const struct tenant *tenant, char *room)
{
	struct tenant copy = *tenant;
	struct copier copier = {room};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		*text_of(&copy, i) = copied(&copier, *text_of(&copy, i));
	copy.scope = NULL;
	return copy;
}

/* ---- the interface ---- */

enum resolver_found resolver_cache_find(struct resolver_cache *cache, struct arena *arena, enum resolver_key kind,
					struct str key, int64_t known_since, int64_t unknown_since, struct tenant **out)
{
	struct entry *entry = find(cache, (enum chain)kind, key);
	struct scope *scope;

	if (!entry)
		return RESOLVER_ABSENT;
	if (entry->read_at < (entry->unknown ? unknown_since : known_since)) {
		forget(cache, entry);
		return RESOLVER_ABSENT;
	}
	ring_remove(ring_of(cache, entry), entry);
	ring_add(ring_of(cache, entry), entry);
	if (entry->unknown)
		return RESOLVER_UNKNOWN;
	*out = ARENA_NEW(arena, struct tenant);
	**out = tenant_copy(&entry->tenant, arena_alloc(arena, text_bytes(&entry->tenant) + 1));
	scope = ARENA_NEW(arena, struct scope);
	*scope = scope_of(entry->tenant.id);
	(*out)->scope = scope;
	return RESOLVER_KNOWN;
}

void resolver_cache_add(struct resolver_cache *cache, const struct tenant *tenant, int64_t read_at)
{
	struct entry *entry = calloc(1, sizeof(*entry) + text_bytes(tenant) + 1);

	if (!entry)
		return; /* a cache may forget */
	entry->tenant = tenant_copy(tenant, entry->text);
	entry->read_at = read_at;
	add(cache, entry, RESOLVER_TENANTS_MOST);
}

void resolver_cache_add_unknown(struct resolver_cache *cache, enum resolver_key kind, struct str key, int64_t read_at)
{
	struct entry *entry = calloc(1, sizeof(*entry) + key.n + 1);

	if (!entry)
		return;
	memcpy(entry->text, key.p, key.n);
	entry->unknown = true;
	entry->unknown_by = (enum chain)kind;
	entry->read_at = read_at;
	*(kind == RESOLVER_SLUG ? &entry->tenant.slug : &entry->tenant.code) = (struct str){entry->text, key.n};
	add(cache, entry, RESOLVER_UNKNOWN_MOST);
}

void resolver_cache_drop(struct resolver_cache *cache, struct uuid tenant)
{
	struct entry *entry = find(cache, CHAIN_ID, (struct str){(const char *)tenant.bytes, sizeof(tenant.bytes)});

	cache->generation++;
	if (entry)
		forget(cache, entry);
	else
		while (cache->unknown.oldest)
			forget(cache, cache->unknown.oldest);
}

void resolver_cache_clear(struct resolver_cache *cache)
{
	cache->generation++;
	while (cache->known.oldest)
		forget(cache, cache->known.oldest);
	while (cache->unknown.oldest)
		forget(cache, cache->unknown.oldest);
}

uint64_t resolver_cache_generation(const struct resolver_cache *cache)
{
	return cache->generation;
}

size_t resolver_cache_count(const struct resolver_cache *cache)
{
	return cache->known.count + cache->unknown.count;
}
