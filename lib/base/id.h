/*
 * Identifiers and randomness. UUIDs are version 7 (RFC 9562): ordered by time, made by us, so that an insert
 * needs no answer from the database to know its own id.
 */
#ifndef DEMAND_ID_H
#define DEMAND_ID_H

#include "lib/base/arena.h"

#define UUID_TEXT_LENGTH 36

struct uuid {
	uint8_t bytes[16];
};

struct uuid uuid_new(void);
bool uuid_parse(struct str, struct uuid *out) MUST_CHECK; /* canonical 8-4-4-4-12, either case, nothing else */
void uuid_print(struct uuid, char text[UUID_TEXT_LENGTH + 1]);
struct str uuid_text(struct arena *, struct uuid);
bool uuid_equal(struct uuid, struct uuid);
bool uuid_is_zero(struct uuid);
static inline struct uuid uuid_zero(void)
{
	return (struct uuid){{0}};
}

void random_bytes(void *out, size_t length);
/* count characters of [0-9A-Za-z], unbiased; out has room for count + 1. */
void random_base62(char *out, size_t count);

struct str hex_encode(struct arena *, const void *bytes, size_t length); /* lower case */
bool hex_decode(struct str, uint8_t *out, size_t length) MUST_CHECK;     /* exactly 2 * length digits */
struct str base64url_encode(struct arena *, struct str bytes);           /* RFC 4648 section 5, no padding */
bool base64url_decode(struct arena *, struct str text, struct str *out) MUST_CHECK;

#endif
