#include "lib/pg/pg_internal.h"

#include <stdlib.h>

/* FNV-1a; the texts are ours, so nobody chooses collisions. */
static uint64_t hash_of(struct str text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < text.n; i++)
		hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(1099511628211);
	return hash;
}

bool prepared_find(struct prepared_cache *cache, struct str sql, unsigned *number)
{
	uint64_t hash = hash_of(sql);

	for (size_t i = 0; i < cache->count; i++) {
		struct prepared *slot = &cache->slots[i];

		if (cache->hashes[i] == hash && str_equal((struct str){slot->sql, slot->length}, sql)) {
			slot->used = ++cache->ticks;
			*number = slot->number;
			return true;
		}
	}
	return false;
}

static void remove_at(struct prepared_cache *cache, size_t at)
{
	free(cache->slots[at].sql);
	cache->count--;
	cache->slots[at] = cache->slots[cache->count];
	cache->hashes[at] = cache->hashes[cache->count];
}

static unsigned evict(struct prepared_cache *cache)
{
	size_t oldest = 0;
	unsigned number;

	for (size_t i = 1; i < cache->count; i++)
		if (cache->slots[i].used < cache->slots[oldest].used)
			oldest = i;
	number = cache->slots[oldest].number;
	remove_at(cache, oldest);
	return number;
}

const struct prepared *prepared_add(struct prepared_cache *cache, struct str sql, unsigned *evicted)
{
	struct prepared *slot;
	char *copy = malloc(sql.n + 1);

	if (!copy)
		abort();
	memcpy(copy, sql.p, sql.n);
	copy[sql.n] = '\0';
	*evicted = cache->count == PREPARED_MOST ? evict(cache) : 0;
	cache->hashes[cache->count] = hash_of(sql);
	slot = &cache->slots[cache->count++];
	*slot = (struct prepared){copy, sql.n, ++cache->ticks, ++cache->last_number};
	return slot;
}

void prepared_forget(struct prepared_cache *cache, unsigned number)
{
	for (size_t i = 0; i < cache->count; i++)
		if (cache->slots[i].number == number) {
			remove_at(cache, i);
			return;
		}
}

void prepared_clear(struct prepared_cache *cache)
{
	while (cache->count > 0)
		remove_at(cache, cache->count - 1);
	cache->strays = 0;
}

void prepared_distrust(struct prepared_cache *cache)
{
	prepared_clear(cache);
	cache->strays = STRAYS_MOST + 1;
}
