/*
 * A target takes bytes of a stranger to one parser and says what must hold of the outcome. Built twice: with libFuzzer, which looks for bytes that
 * break it (./dev test fuzz), and with replay.c, which shows it all that is kept in corpus/ (./dev test).
 */
#ifndef DEMAND_TESTS_FUZZ_H
#define DEMAND_TESTS_FUZZ_H

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

/* One input; called many times in one process. Always gives 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What must hold whatever the bytes are. */
#define REQUIRE(condition)                                                                                             \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);           \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

#define FUZZ_ARENA ((size_t)64 * 1024 * 1024)

/* Emptied for each input; lives as long as the process. */
static inline struct arena *fuzz_arena(void)
{
	static struct arena *arena;

	if (!arena)
		arena = arena_new(FUZZ_ARENA);
	arena_reset(arena);
	return arena;
}

/* A copy of exactly that length: a byte read behind it is seen. Freed with the arena's next reset. */
static inline struct str fuzz_copy(struct arena *arena, const uint8_t *bytes, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (!copy)
		abort();
	for (size_t i = 0; i < length; i++)
		copy[i] = (char)bytes[i];
	arena_defer(arena, free, copy);
	return (struct str){copy, length};
}

/* What a person reads must be text. */
static inline void fuzz_require_text(struct str text)
{
	REQUIRE(str_absent(text) || (utf8_valid(text) && !memchr(text.n ? text.p : "", 0, text.n)));
}

#endif
