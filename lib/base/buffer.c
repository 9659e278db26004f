#include "lib/base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

#define SMALLEST_CAPACITY ((size_t)128)
#define PRINTED_AT_ONCE ((size_t)63) /* more is formatted twice: once for its length */

static void grow(struct buffer *b, size_t more)
{
	size_t needed;
	if (__builtin_add_overflow(b->length, more, &needed) || __builtin_add_overflow(needed, 1, &needed))
		abort();
	size_t capacity = b->capacity < SMALLEST_CAPACITY ? SMALLEST_CAPACITY : b->capacity;
	while (capacity < needed)
		capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
	char *bytes;
	if (b->arena != NULL) {
		bytes = arena_uncleared(b->arena, capacity); /* clearing what is then written was 3 % of a list */
		if (b->length > 0)
			memcpy(bytes, b->bytes, b->length);
	} else {
		bytes = realloc(b->bytes, capacity);
		if (bytes == NULL)
			abort();
	}
	b->bytes = bytes;
	b->capacity = capacity;
}

/* Makes room for `more` bytes and the closing NUL. */
static inline void reserve(struct buffer *b, size_t more)
{
	if (more >= b->capacity - b->length)
		grow(b, more);
}

void buffer_reserve(struct buffer *b, size_t more)
{
	reserve(b, more);
	b->bytes[b->length] = '\0';
}

char *buffer_extend(struct buffer *b, size_t length)
{
	reserve(b, length);
	char *room = b->bytes + b->length;
	b->length += length;
	b->bytes[b->length] = '\0';
	return room;
}

void buffer_add(struct buffer *b, const void *bytes, size_t length)
{
	reserve(b, length);
	if (length > 0)
		memcpy(b->bytes + b->length, bytes, length);
	b->length += length;
	b->bytes[b->length] = '\0';
}

void buffer_add_str(struct buffer *b, struct str s)
{
	buffer_add(b, s.p, s.n);
}

void buffer_add_char(struct buffer *b, char c)
{
	buffer_add(b, &c, 1);
}

void buffer_vprintf(struct buffer *b, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	reserve(b, PRINTED_AT_ONCE);
	size_t room = b->capacity - b->length;
	int length = vsnprintf(b->bytes + b->length, room, format, arguments);
	if (length < 0)
		abort(); /* only a broken format does this */
	if ((size_t)length >= room) {
		reserve(b, (size_t)length);
		(void)vsnprintf(b->bytes + b->length, (size_t)length + 1, format, again);
	}
	va_end(again);
	b->length += (size_t)length;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(b, format, arguments);
	va_end(arguments);
}

void buffer_add_int(struct buffer *b, int64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		digits[--at] = '-';
	buffer_add(b, digits + at, sizeof(digits) - at);
}

void buffer_clear(struct buffer *b)
{
	b->length = 0;
	if (b->bytes != NULL)
		b->bytes[0] = '\0';
}

void buffer_free(struct buffer *b)
{
	if (b->arena != NULL)
		return;
	free(b->bytes);
	*b = (struct buffer){NULL, 0, 0, NULL};
}
