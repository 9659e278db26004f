/*
 * The grammar of RFC 8259 and nothing beside it. No tree is made here: cJSON takes much that is not JSON, so it
 * only ever sees what passed this scan.
 */
#include "lib/text/json_internal.h"

#include "lib/base/utf8.h"

#include <cjson/cJSON.h>

const struct json_limits json_limits_request = {(size_t)1024 * 1024, 16, 20000};
const struct json_limits json_limits_batch = {(size_t)4 * 1024 * 1024, 16, 60000};

enum expected { A_VALUE = 1, A_VALUE_OR_END, A_KEY, A_KEY_OR_END, COMMA_OR_END, NOTHING };

bool json_refuse(struct json_scan *scan, enum err status, size_t offset, const char *what)
{
	scan->status = status;
	scan->why = arena_printf(scan->arena, "The JSON cannot be read at byte offset %zu: %s.", offset, what);
	return false;
}

static bool malformed(struct json_scan *scan, size_t offset, const char *what)
{
	return json_refuse(scan, E_MALFORMED, offset, what);
}

/* The byte at `ahead` behind the current one; NUL past the end, which no accepted text holds. */
static char peek(const struct json_scan *scan, size_t ahead)
{
	return ahead < scan->text.n - scan->at ? scan->text.p[scan->at + ahead] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void add_token(struct json_scan *scan, struct json_tokens *tokens, size_t offset)
{
	if (tokens->count == tokens->capacity) {
		size_t capacity = tokens->capacity ? tokens->capacity * 2 : 32;
		struct json_token *items = arena_array(scan->arena, capacity, sizeof(*items));
		if (tokens->count > 0)
			memcpy(items, tokens->items, tokens->count * sizeof(*items));
		tokens->items = items;
		tokens->capacity = capacity;
	}
	tokens->items[tokens->count++] = (struct json_token){offset, scan->at - offset};
}

/* One or more digits. */
static bool scan_digits(struct json_scan *scan)
{
	if (!is_digit(peek(scan, 0)))
		return malformed(scan, scan->at, "a digit is missing in the number");
	while (is_digit(peek(scan, 0)))
		scan->at++;
	return true;
}

static bool scan_number(struct json_scan *scan)
{
	size_t start = scan->at;
	if (peek(scan, 0) == '-')
		scan->at++;
	if (peek(scan, 0) == '0' && is_digit(peek(scan, 1)))
		return malformed(scan, scan->at, "a number does not begin with 0");
	if (!scan_digits(scan))
		return false;
	if (peek(scan, 0) == '.') {
		scan->at++;
		if (!scan_digits(scan))
			return false;
	}
	if (peek(scan, 0) == 'e' || peek(scan, 0) == 'E') {
		scan->at++;
		if (peek(scan, 0) == '+' || peek(scan, 0) == '-')
			scan->at++;
		if (!scan_digits(scan))
			return false;
	}
	add_token(scan, &scan->numbers, start);
	return true;
}

/* The code unit of "\uXXXX" at the current place, -1 when it is not one. */
static int32_t unit_at(const struct json_scan *scan, size_t ahead)
{
	if (peek(scan, ahead) != '\\' || peek(scan, ahead + 1) != 'u')
		return -1;
	int32_t unit = 0;
	for (size_t i = ahead + 2; i < ahead + 6; i++) {
		char c = peek(scan, i);
		int32_t digit = is_digit(c)            ? c - '0'
				: c >= 'a' && c <= 'f' ? c - 'a' + 10
				: c >= 'A' && c <= 'F' ? c - 'A' + 10
						       : -1;
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static bool scan_escape(struct json_scan *scan)
{
	char letter = peek(scan, 1);
	if (letter != 'u') {
		if (letter == '\0' || strchr("\"\\/bfnrt", letter) == NULL)
			return malformed(scan, scan->at, "there is no such escape");
		scan->at += 2;
		return true;
	}
	int32_t unit = unit_at(scan, 0);
	if (unit < 0)
		return malformed(scan, scan->at, "\\u needs four hex digits");
	if (unit == 0)
		return malformed(scan, scan->at, "the character U+0000 is not accepted");
	if (unit < 0xD800 || unit > 0xDFFF) {
		scan->at += 6;
		return true;
	}
	int32_t low = unit_at(scan, 6);
	if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
		return malformed(scan, scan->at, "half of a surrogate pair stands alone");
	scan->at += 12;
	return true;
}

static bool scan_string(struct json_scan *scan)
{
	size_t start = scan->at++;
	while (scan->at < scan->text.n && peek(scan, 0) != '"') {
		if ((unsigned char)peek(scan, 0) < 0x20)
			return malformed(scan, scan->at, "a control character must be escaped");
		if (peek(scan, 0) != '\\')
			scan->at++;
		else if (!scan_escape(scan))
			return false;
	}
	if (scan->at == scan->text.n)
		return malformed(scan, start, "the string does not end");
	scan->at++;
	return true;
}

static bool scan_word(struct json_scan *scan)
{
	static const struct str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
	struct str rest = {scan->text.p + scan->at, scan->text.n - scan->at};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_starts(rest, words[i])) {
			scan->at += words[i].n;
			return true;
		}
	return malformed(scan, scan->at, "a value is expected");
}

static bool scan_scalar(struct json_scan *scan)
{
	char c = peek(scan, 0);
	if (c == '"')
		return scan_string(scan);
	return c == '-' || is_digit(c) ? scan_number(scan) : scan_word(scan);
}

static void skip_space(struct json_scan *scan)
{
	while (scan->at < scan->text.n && memchr(" \t\n\r", peek(scan, 0), 4) != NULL)
		scan->at++;
}

static bool scan_key(struct json_scan *scan)
{
	size_t start = scan->at;
	if (peek(scan, 0) != '"')
		return malformed(scan, scan->at, "a key in quotes is expected");
	if (!scan_string(scan))
		return false;
	add_token(scan, &scan->keys, start);
	skip_space(scan);
	if (peek(scan, 0) != ':')
		return malformed(scan, scan->at, "':' is expected");
	scan->at++;
	return true;
}

/* Containers that are open, outermost first, each as its closing character. */
struct nest {
	char *closings;
	size_t depth, most;
};

/* Any value: a scalar whole, of a container the opening. */
static bool scan_value(struct json_scan *scan, struct nest *nest, enum expected *next)
{
	if (nest->depth > 0 && ++scan->members > scan->limits->members)
		return json_refuse(scan, E_TOOBIG, scan->at, "there are too many values");
	char c = peek(scan, 0);
	if (c != '{' && c != '[') {
		*next = nest->depth > 0 ? COMMA_OR_END : NOTHING;
		return scan_scalar(scan);
	}
	if (nest->depth == nest->most)
		return json_refuse(scan, E_TOOBIG, scan->at, "it is nested too deep");
	nest->closings[nest->depth++] = c == '{' ? '}' : ']';
	scan->at++;
	*next = c == '{' ? A_KEY_OR_END : A_VALUE_OR_END;
	return true;
}

/* One step: *next says what may stand here and becomes what may follow. */
static bool scan_step(struct json_scan *scan, struct nest *nest, enum expected *next)
{
	bool may_end = *next == COMMA_OR_END || *next == A_KEY_OR_END || *next == A_VALUE_OR_END;
	if (may_end && peek(scan, 0) == nest->closings[nest->depth - 1]) {
		scan->at++;
		*next = --nest->depth > 0 ? COMMA_OR_END : NOTHING;
		return true;
	}
	switch (*next) {
	case A_VALUE:
	case A_VALUE_OR_END:
		return scan_value(scan, nest, next);
	case A_KEY:
	case A_KEY_OR_END:
		*next = A_VALUE;
		return scan_key(scan);
	case COMMA_OR_END:
		if (peek(scan, 0) != ',')
			return malformed(scan, scan->at, "',' or the closing bracket is expected");
		scan->at++;
		*next = nest->closings[nest->depth - 1] == '}' ? A_KEY : A_VALUE;
		return true;
	case NOTHING:
		break;
	}
	return malformed(scan, scan->at, "nothing may follow the value");
}

static size_t first_bad_byte(struct str text)
{
	size_t at = 0;
	while (at < text.n) {
		size_t length = 1;
		while (length <= 4 && length <= text.n - at && !utf8_valid((struct str){text.p + at, length}))
			length++;
		if (length > 4 || length > text.n - at)
			break;
		at += length;
	}
	return at;
}

enum err json_scan(struct json_scan *scan)
{
	scan->status = OK;
	if (scan->text.n > scan->limits->bytes) {
		(void)json_refuse(scan, E_TOOBIG, scan->limits->bytes, "it is too long");
		return scan->status;
	}
	if (!utf8_valid(scan->text)) {
		(void)malformed(scan, first_bad_byte(scan->text), "it is not UTF-8 or holds a NUL");
		return scan->status;
	}
	size_t most = scan->limits->depth < CJSON_NESTING_LIMIT ? scan->limits->depth : CJSON_NESTING_LIMIT;
	struct nest nest = {arena_alloc(scan->arena, most), 0, most};
	enum expected next = A_VALUE;
	skip_space(scan);
	while (scan->at < scan->text.n && scan_step(scan, &nest, &next))
		skip_space(scan);
	if (scan->status == OK && next != NOTHING)
		(void)malformed(scan, scan->at, "it ends too early");
	return scan->status;
}
