/*
 * Growing byte buffer. With an arena it grows there and is freed with it; with arena NULL it is malloc'd and
 * buffer_free() releases it. bytes is never NULL after the first add and is always NUL-terminated at bytes[length].
 */
#ifndef DEMAND_BUFFER_H
#define DEMAND_BUFFER_H

#include "lib/base/arena.h"

struct buffer {
	char *bytes;
	size_t length, capacity;
	struct arena *arena;
};

#define BUFFER_IN(arena_) ((struct buffer){NULL, 0, 0, (arena_)})

void buffer_add(struct buffer *, const void *bytes, size_t length);
/*
 * Room for so many bytes at the end; it holds until the next call. In it lies what an earlier request, perhaps another tenant's, has left: the
 * caller writes all of it at once, or takes the rest off the length again.
 */
char *buffer_extend(struct buffer *, size_t length);
/* So many more bytes fit without growing again; bytes is not NULL afterwards. */
void buffer_reserve(struct buffer *, size_t more);
void buffer_add_str(struct buffer *, struct str);
void buffer_add_char(struct buffer *, char);
void buffer_printf(struct buffer *, const char *format, ...) PRINTF(2, 3);
void buffer_vprintf(struct buffer *, const char *format, va_list) __attribute__((format(printf, 2, 0)));
void buffer_add_int(struct buffer *, int64_t);
void buffer_clear(struct buffer *);
void buffer_free(struct buffer *); /* no-op for an arena buffer */
static inline struct str buffer_str(const struct buffer *b)
{
	return (struct str){b->bytes ? b->bytes : "", b->length};
}

#define BUFFER_LITERAL(buffer, literal) buffer_add((buffer), "" literal, sizeof(literal) - 1)

#endif
