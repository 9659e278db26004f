#include "lib/text/json.h"

/* Spelling of a byte inside a string when it is not the byte itself; NULL when it is. */
static const char *short_escape(char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	/* JSON may land inside a script element or an attribute. */
	case '<':
		return "\\u003c";
	case '>':
		return "\\u003e";
	case '&':
		return "\\u0026";
	default:
		return NULL;
	}
}

/* Bytes that may not stand for themselves; 0xE2 begins a line separator and much else. */
static const unsigned char needs_care[256] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,         1,         1,         1,          1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['&'] = 1, ['<'] = 1, ['>'] = 1, ['\\'] = 1, [0xE2] = 1,
};

static size_t plain_run(struct str text)
{
	size_t n = 0;
	while (n < text.n && !needs_care[(unsigned char)text.p[n]])
		n++;
	return n;
}

/* U+2028 and U+2029 end a line in old JavaScript. */
static bool is_line_separator(struct str rest)
{
	return rest.n >= 3 && rest.p[0] == '\xE2' && rest.p[1] == '\x80' &&
	       (rest.p[2] == '\xA8' || rest.p[2] == '\xA9');
}

void json_string(struct str text, struct buffer *out)
{
	size_t plain = 0; /* where the bytes not yet written begin */
	size_t run = plain_run(text);
	if (run == text.n) {
		char *room = buffer_extend(out, text.n + 2);
		room[0] = '"';
		if (text.n > 0)
			memcpy(room + 1, text.p, text.n);
		room[text.n + 1] = '"';
		return;
	}
	buffer_add_char(out, '"');
	for (size_t i = run; i < text.n; i++) {
		char c = text.p[i];
		if (!needs_care[(unsigned char)c])
			continue;
		const char *escape = short_escape(c);
		bool separator = is_line_separator((struct str){text.p + i, text.n - i});
		if (escape == NULL && !separator && (unsigned char)c >= 0x20)
			continue;
		buffer_add(out, text.p + plain, i - plain);
		if (separator)
			buffer_add_str(out, text.p[i + 2] == '\xA8' ? STR("\\u2028") : STR("\\u2029"));
		else if (escape != NULL)
			buffer_add_str(out, str_from(escape));
		else
			buffer_printf(out, "\\u%04x", (unsigned char)c);
		i += separator ? 2 : 0;
		plain = i + 1;
	}
	if (plain < text.n)
		buffer_add(out, text.p + plain, text.n - plain);
	buffer_add_char(out, '"');
}

#define COMPACT -1

static void line(struct buffer *out, int indent)
{
	if (indent == COMPACT)
		return;
	buffer_add_char(out, '\n');
	for (int i = 0; i < indent; i++)
		buffer_add(out, "  ", 2);
}

static void print(const struct value *value, struct buffer *out, int indent);

static void print_container(const struct value *value, struct buffer *out, int indent)
{
	bool map = value_type(value) == VALUE_MAP;
	int inner = indent == COMPACT ? COMPACT : indent + 1;
	size_t count = value_count(value);
	buffer_add_char(out, map ? '{' : '[');
	for (size_t i = 0; i < count; i++) {
		struct str key;
		const struct value *item = map ? value_member(value, i, &key) : value_at(value, i);
		if (i > 0)
			buffer_add_char(out, ',');
		line(out, inner);
		if (map) {
			json_string(key, out);
			buffer_add_str(out, indent == COMPACT ? STR(":") : STR(": "));
		}
		print(item, out, inner);
	}
	if (count > 0)
		line(out, indent);
	buffer_add_char(out, map ? '}' : ']');
}

static void print(const struct value *value, struct buffer *out, int indent)
{
	switch (value_type(value)) {
	case VALUE_NULL:
		BUFFER_LITERAL(out, "null");
		break;
	case VALUE_BOOL:
	case VALUE_NUMBER:
	case VALUE_JSON:
		buffer_add_str(out, value_as_str(value));
		break;
	case VALUE_STRING:
	case VALUE_URL:
		json_string(value_as_str(value), out);
		break;
	case VALUE_LIST:
	case VALUE_MAP:
		print_container(value, out, indent);
		break;
	}
}

void json_print(const struct value *value, struct buffer *out)
{
	print(value, out, COMPACT);
}

void json_print_pretty(const struct value *value, struct buffer *out)
{
	print(value, out, 0);
	buffer_add_char(out, '\n');
}
