#include "lib/base/base.h"

#include <sodium.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_equal((struct str){s.p, prefix.n}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	if (suffix.n == 0)
		return true;
	return s.n >= suffix.n && memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0;
}

bool str_equal_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_split(struct str *rest, char separator)
{
	struct str whole = *rest;
	const char *at = whole.n ? memchr(whole.p, separator, whole.n) : NULL;
	if (at == NULL) {
		*rest = STR_NONE;
		return whole;
	}
	size_t head = (size_t)(at - whole.p);
	*rest = (struct str){at + 1, whole.n - head - 1};
	return (struct str){whole.p, head};
}

bool str_to_int64(struct str s, int64_t *out)
{
	size_t i = 0;
	bool negative = s.n > 0 && s.p[0] == '-';
	if (negative)
		i = 1;
	if (i == s.n)
		return false;
	int64_t value = 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		/* Summed on the negative side, which reaches one further: INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.p[i] - '0', &value))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*out = negative ? value : -value;
	return true;
}

bool str_equal_secret(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	return a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0;
}
