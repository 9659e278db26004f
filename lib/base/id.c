#include "lib/base/id.h"

#include "lib/base/clock.h"

#include <sodium.h>
#include <stdlib.h>

static const char hex_digits[] = "0123456789abcdef";

void random_bytes(void *out, size_t length)
{
	if (sodium_init() < 0)
		abort();
	randombytes_buf(out, length);
}

void random_base62(char *out, size_t count)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t made = 0;
	while (made < count) {
		uint8_t pool[64];
		random_bytes(pool, sizeof(pool));
		/* 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters. */
		for (size_t i = 0; i < sizeof(pool) && made < count; i++)
			if (pool[i] < 248)
				out[made++] = alphabet[pool[i] % 62];
	}
	out[count] = '\0';
}

/*
 * Milliseconds and a twelve-bit fraction of one (RFC 9562 section 6.2, method 3) make a 60-bit stamp. It never
 * repeats or goes back within the process, also when the wall clock does.
 */
static uint64_t next_stamp(void)
{
	static uint64_t last;
	uint64_t now = (uint64_t)clock_now();
	uint64_t stamp = now / 1000 << 12 | now % 1000 * 4096 / 1000;
	last = stamp > last ? stamp : last + 1;
	return last;
}

struct uuid uuid_new(void)
{
	struct uuid uuid;
	random_bytes(uuid.bytes, sizeof(uuid.bytes));
	uint64_t stamp = next_stamp();
	for (size_t i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(stamp >> (52 - 8 * i));
	uuid.bytes[6] = (uint8_t)(0x70 | (stamp >> 8 & 0x0F));
	uuid.bytes[7] = (uint8_t)stamp;
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3F));
	return uuid;
}

/* Which kind of digit comes next cannot be guessed, so nothing is branched upon. */
static int hex_value(char c)
{
	int digit = c - '0', letter = (c | 0x20) - 'a';
	int value = (unsigned)letter < 6 ? letter + 10 : -1;
	return (unsigned)digit < 10 ? digit : value;
}

bool hex_decode(struct str text, uint8_t *out, size_t length)
{
	if (text.n % 2 != 0 || text.n / 2 != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		int high = hex_value(text.p[2 * i]), low = hex_value(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

struct str hex_encode(struct arena *arena, const void *bytes, size_t length)
{
	const uint8_t *in = bytes;
	char *text = arena_array(arena, length + 1, 2);
	for (size_t i = 0; i < length; i++) {
		text[2 * i] = hex_digits[in[i] >> 4];
		text[2 * i + 1] = hex_digits[in[i] & 0x0F];
	}
	return (struct str){text, 2 * length};
}

static bool hyphen_follows(size_t byte)
{
	return byte == 3 || byte == 5 || byte == 7 || byte == 9;
}

bool uuid_parse(struct str text, struct uuid *out)
{
	if (text.n != UUID_TEXT_LENGTH)
		return false;
	struct uuid uuid;
	const char *at = text.p;
	for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
		int high = hex_value(at[0]), low = hex_value(at[1]);
		if (high < 0 || low < 0)
			return false;
		uuid.bytes[i] = (uint8_t)(high * 16 + low);
		at += 2;
		if (hyphen_follows(i) && *at++ != '-')
			return false;
	}
	*out = uuid;
	return true;
}

void uuid_print(struct uuid uuid, char text[UUID_TEXT_LENGTH + 1])
{
	char *at = text;
	for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
		*at++ = hex_digits[uuid.bytes[i] >> 4];
		*at++ = hex_digits[uuid.bytes[i] & 0x0F];
		if (hyphen_follows(i))
			*at++ = '-';
	}
	*at = '\0';
}

struct str uuid_text(struct arena *arena, struct uuid uuid)
{
	char *text = arena_alloc(arena, UUID_TEXT_LENGTH + 1);
	uuid_print(uuid, text);
	return (struct str){text, UUID_TEXT_LENGTH};
}

bool uuid_equal(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

bool uuid_is_zero(struct uuid uuid)
{
	return uuid_equal(uuid, uuid_zero());
}
