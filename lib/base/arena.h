/*
 * Arena: all memory of one request, freed in one step.
 *
 * Whatever is allocated lives until arena_reset() or arena_free(). Other resources join that life through
 * arena_defer(); they are released in reverse order. Under ENABLE_ASAN each allocation is its own malloc, so
 * that overflows inside a chunk are seen. Never returns NULL: when the cap is hit, the on_oom landing pad is
 * called (it must not return, usually longjmp); without one the process aborts.
 */
#ifndef DEMAND_ARENA_H
#define DEMAND_ARENA_H

#include "lib/base/base.h"

struct arena;

struct arena *arena_new(size_t cap_bytes); /* aborts when the system has no memory */
void arena_reset(struct arena *);          /* keeps the first chunk */
void arena_free(struct arena *);           /* NULL is fine */
void arena_on_oom(struct arena *, void (*landing)(void *), void *argument);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *, size_t bytes) __attribute__((alloc_size(2), returns_nonnull));
void *arena_array(struct arena *, size_t count, size_t size)
	__attribute__((returns_nonnull)); /* overflow hits the landing pad */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
/* As arena_alloc, but gives NULL where the cap would be hit: for callbacks of libraries that a longjmp must not cross. */
void *arena_try(struct arena *, size_t bytes);
/* As arena_alloc, with whatever an earlier request left there: for callers that write each byte before it is read. */
void *arena_uncleared(struct arena *, size_t bytes) __attribute__((alloc_size(2), returns_nonnull));

char *arena_c_string(struct arena *, struct str)
	__attribute__((returns_nonnull));          /* NUL-terminated copy; absent gives "" */
struct str arena_copy(struct arena *, struct str); /* absent stays absent */
struct str arena_printf(struct arena *, const char *format, ...) PRINTF(2, 3); /* also NUL-terminated */
void arena_defer(struct arena *, void (*release)(void *), void *argument);
size_t arena_used(const struct arena *);
/*
 * For long loops: whatever was allocated and deferred since the mark is given back. Nothing older may point to it afterwards, such as a list that
 * grew meanwhile. Marks are taken back in reverse order, and an arena_reset() ends them all.
 */
struct arena_mark {
	void *chunk, *deferred;
	size_t chunk_used, used;
};
struct arena_mark arena_mark(const struct arena *);
void arena_rewind(struct arena *, struct arena_mark);
/* Whether the system had no memory since the last reset, as opposed to the cap being hit. */
bool arena_starved(const struct arena *);

#endif
