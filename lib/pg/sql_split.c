#include "lib/pg/sql_split.h"

static bool word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static bool at(struct str s, size_t i, const char *two)
{
	return i + 1 < s.n && s.p[i] == two[0] && s.p[i + 1] == two[1];
}

/* Each skip_ answers the index behind what began at i, or 0 where it does not end. */

static size_t skip_quoted(struct str s, size_t i, char quote, bool backslashes)
{
	for (i++; i < s.n; i++) {
		if (backslashes && s.p[i] == '\\')
			i++;
		else if (s.p[i] == quote && i + 1 < s.n && s.p[i + 1] == quote)
			i++;
		else if (s.p[i] == quote)
			return i + 1;
	}
	return 0;
}

static size_t skip_block_comment(struct str s, size_t i)
{
	size_t depth = 0;

	while (i < s.n) {
		if (at(s, i, "/*")) {
			depth++;
			i += 2;
		} else if (at(s, i, "*/")) {
			i += 2;
			if (--depth == 0)
				return i;
		} else {
			i++;
		}
	}
	return 0;
}

static size_t skip_line_comment(struct str s, size_t i)
{
	while (i < s.n && s.p[i] != '\n')
		i++;
	return i;
}

/* $$ or $tag$; i + 1 where the dollar begins no quote. */
static size_t skip_dollars(struct str s, size_t i)
{
	size_t end = i + 1, length;

	while (end < s.n && word_byte(s.p[end]))
		end++;
	if (end >= s.n || s.p[end] != '$' || (end > i + 1 && s.p[i + 1] >= '0' && s.p[i + 1] <= '9'))
		return i + 1;
	length = end + 1 - i;
	for (size_t k = end + 1; k + length <= s.n; k++)
		if (memcmp(s.p + k, s.p + i, length) == 0)
			return k + length;
	return 0;
}

/* What begins at i, whole: a quote, a comment, or one byte. */
static size_t skip_item(struct str s, size_t i)
{
	bool in_word = i > 0 && word_byte(s.p[i - 1]);

	switch (s.p[i]) {
	case '\'': /* E'…' knows backslashes; the E stands alone, not at the end of a name */
		return skip_quoted(s, i, '\'',
				   in_word && (s.p[i - 1] == 'E' || s.p[i - 1] == 'e') &&
					   (i < 2 || !word_byte(s.p[i - 2])));
	case '"':
		return skip_quoted(s, i, '"', false);
	case '$':
		return in_word ? i + 1 : skip_dollars(s, i);
	case '-':
		return at(s, i, "--") ? skip_line_comment(s, i) : i + 1;
	case '/':
		return at(s, i, "/*") ? skip_block_comment(s, i) : i + 1;
	default:
		return i + 1;
	}
}

static void advance(struct sql_split *split, size_t count)
{
	for (size_t i = 0; i < count; i++)
		split->line += split->rest.p[i] == '\n';
	split->rest.p += count;
	split->rest.n -= count;
}

/* White space, comments and empty statements before a statement. False where a comment does not end. */
static bool skip_between(struct sql_split *split)
{
	while (split->rest.n > 0) {
		struct str s = split->rest;
		bool comment = at(s, 0, "--") || at(s, 0, "/*");
		size_t end = 1;

		if (comment)
			end = skip_item(s, 0);
		else if (!strchr(" \t\r\n\f\v;", s.p[0]) || s.p[0] == '\0')
			return true;
		if (end == 0)
			return false;
		advance(split, end);
	}
	return true;
}

bool sql_split_next(struct sql_split *split, struct str *statement, size_t *line, bool *broken)
{
	size_t i = 0;

	*broken = !skip_between(split);
	if (*broken || split->rest.n == 0)
		return false;
	*line = split->line;
	while (i < split->rest.n && split->rest.p[i] != ';') {
		i = skip_item(split->rest, i);
		if (i == 0) {
			*broken = true;
			return false;
		}
	}
	*statement = str_trim((struct str){split->rest.p, i});
	advance(split, i);
	return true;
}
