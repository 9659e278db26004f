#include "lib/text/url.h"

#include "lib/base/id.h"
#include "lib/base/utf8.h"
#include "lib/text/form.h"

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void url_encode(struct buffer *out, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (is_unreserved(c))
			buffer_add_char(out, (char)c);
		else
			buffer_add(out, (const char[]){'%', digits[c >> 4], digits[c & 0x0F]}, 3);
	}
}

void url_add_pair(struct buffer *out, struct str name, struct str value)
{
	if (out->length > 0)
		buffer_add_char(out, '&');
	url_encode(out, name);
	buffer_add_char(out, '=');
	url_encode(out, value);
}

bool url_unescape(struct arena *arena, struct str text, bool plus_is_space, struct str *out)
{
	char *bytes = arena_alloc(arena, text.n + 1);
	size_t length = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t byte = (uint8_t)text.p[i];
		if (byte == '+' && plus_is_space) {
			byte = ' ';
		} else if (byte == '%') {
			if (text.n - i < 3 || !hex_decode((struct str){text.p + i + 1, 2}, &byte, 1))
				return false;
			i += 2;
		}
		bytes[length++] = (char)byte;
	}
	*out = (struct str){bytes, length};
	return true;
}

bool url_decode(struct arena *arena, struct str text, struct str *out)
{
	struct str decoded;
	if (!url_unescape(arena, text, false, &decoded) || !utf8_valid(decoded))
		return false;
	*out = decoded;
	return true;
}

static bool scheme_is(struct str url, struct str scheme)
{
	return url.n >= scheme.n && str_equal_nocase((struct str){url.p, scheme.n}, scheme);
}

bool url_is_safe(struct str url)
{
	if (url.n == 0 || !utf8_valid(url) || utf8_has_control(url))
		return false;
	/* A browser reads '\' as '/' and drops tabs and line ends, so neither may hide a "//host". */
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == '\\')
			return false;
	if (url.p[0] == '/')
		return url.n == 1 || url.p[1] != '/';
	static const struct str with_host[] = {{"https://", 8}, {"http://", 7}};
	for (size_t i = 0; i < COUNT_OF(with_host); i++)
		if (scheme_is(url, with_host[i]))
			return url.n > with_host[i].n && url.p[with_host[i].n] != '/';
	return (scheme_is(url, STR("mailto:")) && url.n > 7) || (scheme_is(url, STR("tel:")) && url.n > 4);
}
