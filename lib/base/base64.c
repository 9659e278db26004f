#include "lib/base/id.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str base64url_encode(struct arena *arena, struct str bytes)
{
	char *text = arena_array(arena, bytes.n / 3 + 2, 4);
	size_t length = 0;
	uint32_t bits = 0;
	unsigned held = 0; /* bits not yet written */
	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (held += 8; held >= 6; held -= 6)
			text[length++] = alphabet[bits >> (held - 6) & 0x3F];
	}
	if (held > 0)
		text[length++] = alphabet[bits << (6 - held) & 0x3F];
	return (struct str){text, length};
}

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_decode(struct arena *arena, struct str text, struct str *out)
{
	if (text.n % 4 == 1)
		return false;
	char *bytes = arena_alloc(arena, text.n / 4 * 3 + 4);
	size_t length = 0;
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < text.n; i++) {
		int value = digit_value(text.p[i]);
		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[length++] = (char)(unsigned char)(bits >> held & 0xFF);
		}
	}
	/* Left-over bits must be zero: one value has one spelling. */
	if ((bits & ((UINT32_C(1) << held) - 1)) != 0)
		return false;
	*out = (struct str){bytes, length};
	return true;
}
