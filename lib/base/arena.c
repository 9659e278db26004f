#include "lib/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIGNMENT alignof(max_align_t)
/* Kept from request to request: a list of 25 rows takes 150 kB. */
#define FIRST_CHUNK_BYTES ((size_t)256 * 1024)
#define LARGEST_CHUNK_BYTES ((size_t)1024 * 1024)
/* More at once is a broken length, whatever the cap says. */
#define LARGEST_ALLOCATION ((size_t)1024 * 1024 * 1024)

struct chunk {
	struct chunk *older;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *earlier;
	void (*release)(void *);
	void *argument;
};

struct arena {
	struct chunk *newest; /* the first chunk is the last of this chain */
	struct deferred *latest;
	size_t cap, used;
	bool starved;
	void (*landing)(void *);
	void *landing_argument;
};

static struct chunk *chunk_new(struct arena *arena, size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		return NULL;
	chunk->older = arena->newest;
	chunk->size = size;
	chunk->used = 0;
	arena->newest = chunk;
	return chunk;
}

#ifdef ENABLE_ASAN

/* One malloc for each allocation: the sanitizer then sees an overflow of every single one. */
static void *take(struct arena *arena, size_t bytes)
{
	struct chunk *chunk = chunk_new(arena, bytes);
	return chunk ? chunk->bytes : NULL;
}

static bool keep_on_reset(const struct chunk *chunk)
{
	(void)chunk;
	return false;
}

#else

static void *take(struct arena *arena, size_t bytes)
{
	size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct chunk *chunk = arena->newest;
	if (chunk == NULL || chunk->size - chunk->used < rounded) {
		size_t size = chunk == NULL ? FIRST_CHUNK_BYTES : chunk->size * 2;
		if (size > LARGEST_CHUNK_BYTES)
			size = LARGEST_CHUNK_BYTES;
		chunk = chunk_new(arena, rounded > size ? rounded : size);
		if (chunk == NULL)
			return NULL;
	}
	void *memory = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return memory;
}

static bool keep_on_reset(const struct chunk *chunk)
{
	return chunk->older == NULL && chunk->size <= LARGEST_CHUNK_BYTES;
}

#endif

static NORETURN void land(struct arena *arena)
{
	if (arena->landing != NULL)
		arena->landing(arena->landing_argument);
	abort();
}

struct arena *arena_new(size_t cap_bytes)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena == NULL)
		abort();
	arena->cap = cap_bytes;
	return arena;
}

static void run_deferred(struct arena *arena, const struct deferred *until)
{
	while (arena->latest != until) {
		struct deferred *deferred = arena->latest;
		arena->latest = deferred->earlier;
		deferred->release(deferred->argument);
	}
}

void arena_reset(struct arena *arena)
{
	run_deferred(arena, NULL);
	while (arena->newest != NULL && !keep_on_reset(arena->newest)) {
		struct chunk *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
	if (arena->newest != NULL)
		arena->newest->used = 0;
	arena->used = 0;
	arena->starved = false;
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_reset(arena);
	free(arena->newest);
	free(arena);
}

void arena_on_oom(struct arena *arena, void (*landing)(void *), void *argument)
{
	arena->landing = landing;
	arena->landing_argument = argument;
}

static void *counted(struct arena *arena, size_t bytes)
{
	if (bytes > arena->cap - arena->used || bytes > LARGEST_ALLOCATION)
		return NULL;
	void *memory = take(arena, bytes);
	if (memory == NULL)
		arena->starved = true;
	else
		arena->used += bytes;
	return memory;
}

void *arena_try(struct arena *arena, size_t bytes)
{
	if (bytes == 0)
		bytes = 1;
	void *memory = counted(arena, bytes);
	return memory == NULL ? NULL : memset(memory, 0, bytes);
}

void *arena_uncleared(struct arena *arena, size_t bytes)
{
	void *memory = counted(arena, bytes ? bytes : 1);
	if (memory == NULL)
		land(arena);
	return memory;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	void *memory = arena_try(arena, bytes);
	if (memory == NULL)
		land(arena);
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		land(arena);
	return arena_alloc(arena, bytes);
}

char *arena_c_string(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.n + 1);
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct str arena_copy(struct arena *arena, struct str s)
{
	if (str_absent(s))
		return STR_NONE;
	return (struct str){arena_c_string(arena, s), s.n};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	char short_text[256];
	int length = vsnprintf(short_text, sizeof(short_text), format, arguments);
	va_end(arguments);
	if (length < 0)
		abort(); /* only a broken format does this */
	char *text = arena_alloc(arena, (size_t)length + 1);
	if ((size_t)length < sizeof(short_text))
		memcpy(text, short_text, (size_t)length + 1);
	else
		(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return (struct str){text, (size_t)length};
}

void arena_defer(struct arena *arena, void (*release)(void *), void *argument)
{
	struct deferred *deferred = arena_try(arena, sizeof(*deferred));
	if (deferred == NULL) {
		/* The caller has handed the resource over: it must not outlive a landing. */
		release(argument);
		land(arena);
	}
	deferred->earlier = arena->latest;
	deferred->release = release;
	deferred->argument = argument;
	arena->latest = deferred;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){
		.chunk = arena->newest,
		.deferred = arena->latest,
		.chunk_used = arena->newest ? arena->newest->used : 0,
		.used = arena->used,
	};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	run_deferred(arena, mark.deferred);
	while (arena->newest != mark.chunk) {
		struct chunk *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
	if (arena->newest != NULL)
		arena->newest->used = mark.chunk_used;
	arena->used = mark.used;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

bool arena_starved(const struct arena *arena)
{
	return arena->starved;
}
