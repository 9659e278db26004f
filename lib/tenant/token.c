#include <sodium.h>
#include <stdlib.h>

#include "lib/base/id.h"
#include "lib/tenant/principal.h"

#define CODE_LENGTH 8
#define SECRET_LENGTH 32 /* base62: 190 bits */
#define CHECKSUM_LENGTH 6

static const struct {
	const char *prefix;
	bool has_code;
} kinds[] = {
	[TOKEN_API_KEY] = {"tk", true},   [TOKEN_SESSION] = {"ts", true}, [TOKEN_LINK] = {"tl", true},
	[TOKEN_OPERATOR] = {"op", false}, [TOKEN_SIGNUP] = {"su", false},
};

/* Derived once: the pepper itself is not kept. */
static struct {
	bool set;
	uint8_t root[32], token[32];
} keys;

void token_pepper(const uint8_t pepper[32])
{
	static const char root[] = "demand root";

	crypto_generichash(keys.root, sizeof(keys.root), (const unsigned char *)root, sizeof(root) - 1, pepper, 32);
	keys.set = true;
	token_derive_key("token", keys.token);
}

void token_derive_key(const char *purpose, uint8_t out[32])
{
	if (!keys.set)
		abort();
	crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose), keys.root, sizeof(keys.root));
}

static void hash_token(struct str text, uint8_t out[32])
{
	if (!keys.set)
		abort();
	crypto_generichash(out, 32, (const unsigned char *)text.p, text.n, keys.token, sizeof(keys.token));
}

/* CRC-32 (IEEE 802.3), as zlib's. */
static uint32_t crc32_of(const char *bytes, size_t length)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < length; i++) {
		crc ^= (uint8_t)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}

static void checksum_of(const char *bytes, size_t length, char out[CHECKSUM_LENGTH])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t crc = crc32_of(bytes, length);

	for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
		out[i] = digits[crc % 62];
		crc /= 62;
	}
}

void token_make(struct arena *arena, enum token_kind kind, struct str tenant_code, struct token *out)
{
	char text[3 + CODE_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH + 1];
	size_t length = 0;

	memcpy(text, kinds[kind].prefix, 2);
	text[2] = '_';
	length = 3;
	*out = (struct token){.kind = kind, .code = STR_NONE};
	if (kinds[kind].has_code) {
		if (tenant_code.n != CODE_LENGTH)
			abort();
		memcpy(text + length, tenant_code.p, CODE_LENGTH);
		length += CODE_LENGTH;
		text[length++] = '_';
	}
	random_base62(text + length, SECRET_LENGTH);
	length += SECRET_LENGTH;
	checksum_of(text, length, text + length);
	length += CHECKSUM_LENGTH;
	out->text = arena_copy(arena, (struct str){text, length});
	if (kinds[kind].has_code)
		out->code = (struct str){out->text.p + 3, CODE_LENGTH};
	hash_token(out->text, out->hash);
	sodium_memzero(text, sizeof(text));
}

static bool all_base62(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			return false;
	}
	return true;
}

bool token_parse(struct str text, struct token *out)
{
	for (size_t kind = 1; kind < COUNT_OF(kinds); kind++) {
		size_t head = kinds[kind].has_code ? 3 + CODE_LENGTH + 1 : 3;
		char checksum[CHECKSUM_LENGTH];

		if (text.n != head + SECRET_LENGTH + CHECKSUM_LENGTH || memcmp(text.p, kinds[kind].prefix, 2) != 0)
			continue;
		if (text.p[2] != '_' || !all_base62(text.p + head, text.n - head))
			return false;
		if (kinds[kind].has_code && (!all_base62(text.p + 3, CODE_LENGTH) || text.p[head - 1] != '_'))
			return false;
		checksum_of(text.p, text.n - CHECKSUM_LENGTH, checksum);
		if (memcmp(checksum, text.p + text.n - CHECKSUM_LENGTH, CHECKSUM_LENGTH) != 0)
			return false;
		*out = (struct token){.kind = (enum token_kind)kind, .text = text, .code = STR_NONE};
		if (kinds[kind].has_code)
			out->code = (struct str){text.p + 3, CODE_LENGTH};
		hash_token(text, out->hash);
		return true;
	}
	return false;
}
