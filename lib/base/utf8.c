#include "lib/base/utf8.h"

#include "lib/base/buffer.h"

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Bytes of the well-formed sequence at s.p (Unicode table 3-7), 0 when there is none. */
static size_t sequence_length(struct str s)
{
	unsigned char lead = (unsigned char)s.p[0];
	if (lead < 0x80)
		return 1;
	size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
			: lead >= 0xE0 && lead <= 0xEF ? 3
			: lead >= 0xF0 && lead <= 0xF4 ? 4
						       : 0;
	if (length == 0 || s.n < length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(s.p[i]))
			return 0;
	unsigned char second = (unsigned char)s.p[1];
	bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
	bool surrogate = lead == 0xED && second > 0x9F;
	bool beyond = lead == 0xF4 && second > 0x8F;
	return overlong || surrogate || beyond ? 0 : length;
}

bool utf8_valid(struct str s)
{
	while (s.n > 0) {
		size_t length = s.p[0] == '\0' ? 0 : sequence_length(s);
		if (length == 0)
			return false;
		s.p += length;
		s.n -= length;
	}
	return true;
}

struct utf8_count utf8_count(struct str s)
{
	struct utf8_count count = {0, 0};

	while (s.n > 0) {
		size_t length = sequence_length(s);

		count.sequences += length > 1;
		count.broken += length == 0;
		s.p += length ? length : 1;
		s.n -= length ? length : 1;
	}
	return count;
}

struct str utf8_mended(struct arena *arena, struct str s)
{
	struct buffer out = BUFFER_IN(arena);

	while (s.n > 0) {
		size_t length = s.p[0] == '\0' ? 0 : sequence_length(s);

		buffer_add_str(&out, length ? (struct str){s.p, length} : STR(UTF8_REPLACEMENT));
		s.p += length ? length : 1;
		s.n -= length ? length : 1;
	}
	return buffer_str(&out);
}

size_t utf8_length(struct str s)
{
	size_t length = 0;
	for (size_t i = 0; i < s.n; i++)
		length += !is_continuation(s.p[i]);
	return length;
}

bool utf8_has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool c0 = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
		bool c1 = c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0;
		if (c0 || c == 0x7F || c1)
			return true;
	}
	return false;
}

struct str utf8_prefix(struct str s, size_t most)
{
	size_t seen = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (is_continuation(s.p[i]))
			continue;
		if (seen == most)
			return (struct str){s.p, i};
		seen++;
	}
	return s;
}
