/*
 * multipart/form-data (RFC 7578). What stands before the first boundary and behind the last one is skipped; between
 * them everything is exact: CR LF alone ends a line, header lines are not folded, no parameter occurs twice.
 */
#include "lib/text/form_internal.h"

#include "lib/base/utf8.h"

#define BOUNDARY_BYTES_MOST 70
#define PART_HEADER_BYTES_MOST ((size_t)4096)
#define FILE_NAME_BYTES_MOST ((size_t)255)

struct parameter {
	struct str name, value;
};

static bool is_token_char(char c)
{
	bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
	return letter || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void skip(struct str *s, size_t count)
{
	s->p += count;
	s->n -= count;
}

static void skip_blanks(struct str *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		skip(s, 1);
}

static struct str take_token(struct str *s)
{
	size_t length = 0;
	while (length < s->n && is_token_char(s->p[length]))
		length++;
	struct str token = {s->p, length};
	skip(s, length);
	return token;
}

/*
 * After the opening quote. Browsers send a backslash as it is and a quote as %22; others escape both with a
 * backslash. So a backslash escapes these two alone.
 */
static bool take_quoted(struct arena *arena, struct str *s, struct str *out)
{
	char *text = arena_alloc(arena, s->n + 1);
	size_t length = 0;
	while (s->n > 0 && s->p[0] != '"') {
		if (s->p[0] == '\\' && s->n > 1 && (s->p[1] == '"' || s->p[1] == '\\'))
			skip(s, 1);
		text[length++] = s->p[0];
		skip(s, 1);
	}
	if (s->n == 0)
		return false;
	skip(s, 1);
	*out = (struct str){text, length};
	return true;
}

/* One ";name=value" off *rest. */
static bool take_parameter(struct arena *arena, struct str *rest, struct parameter *out)
{
	if (rest->p[0] != ';')
		return false;
	skip(rest, 1);
	skip_blanks(rest);
	out->name = take_token(rest);
	if (out->name.n == 0 || rest->n == 0 || rest->p[0] != '=')
		return false;
	skip(rest, 1);
	if (rest->n > 0 && rest->p[0] == '"') {
		skip(rest, 1);
		if (!take_quoted(arena, rest, &out->value))
			return false;
	} else {
		out->value = take_token(rest);
		if (out->value.n == 0)
			return false;
	}
	skip_blanks(rest);
	return true;
}

struct wanted {
	const char *name;
	struct str *value;
};

/*
 * Reads "word; name=value; …": the values of the wanted parameters go where wanted[] points, others are skipped.
 * False when the header is broken, names a wanted parameter twice, or does not begin with word (NULL: any).
 */
static bool read_parameters(struct arena *arena, struct str header, const char *word, const struct wanted *wanted,
			    size_t count)
{
	size_t length = 0;
	while (length < header.n && header.p[length] != ';')
		length++;
	if (word != NULL && !str_equal_nocase(str_trim((struct str){header.p, length}), str_from(word)))
		return false;
	skip(&header, length);
	while (header.n > 0) {
		struct parameter parameter;
		if (!take_parameter(arena, &header, &parameter))
			return false;
		for (size_t i = 0; i < count; i++) {
			if (!str_equal_nocase(parameter.name, str_from(wanted[i].name)))
				continue;
			if (!str_absent(*wanted[i].value))
				return false;
			*wanted[i].value = parameter.value;
		}
	}
	return true;
}

static bool is_boundary(struct str boundary)
{
	if (boundary.n == 0 || boundary.n > BOUNDARY_BYTES_MOST || boundary.p[boundary.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary.n; i++) {
		char c = boundary.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
			return false;
	}
	return true;
}

/* Headers of one part that mean something to us; absent when not sent. */
struct part_headers {
	struct str disposition, content_type, encoding;
};

static bool read_header_line(struct form_reader *reader, struct str line, struct part_headers *headers)
{
	const struct wanted known[] = {
		{"content-disposition", &headers->disposition},
		{"content-type", &headers->content_type},
		{"content-transfer-encoding", &headers->encoding},
	};
	struct str name = take_token(&line);
	if (name.n == 0 || line.n == 0 || line.p[0] != ':')
		return form_refuse(reader, E_MALFORMED, "A part of the form has a broken header line.");
	skip(&line, 1);
	if (!utf8_valid(line) || utf8_has_control(line) || memchr(line.p, '\r', line.n) || memchr(line.p, '\n', line.n))
		return form_refuse(reader, E_MALFORMED, "A header of a part of the form is not plain UTF-8 text.");
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (!str_equal_nocase(name, str_from(known[i].name)))
			continue;
		if (!str_absent(*known[i].value))
			return form_refuse(reader, E_MALFORMED, "A part of the form has the header %s twice.",
					   known[i].name);
		*known[i].value = str_trim(line);
	}
	return true;
}

/* The lines up to the empty one; *part is left at the content. */
static bool read_headers(struct form_reader *reader, struct str *part, struct part_headers *headers)
{
	size_t seen = 0;
	for (;;) {
		size_t window = part->n < PART_HEADER_BYTES_MOST - seen ? part->n : PART_HEADER_BYTES_MOST - seen;
		const char *end = window > 0 ? memmem(part->p, window, "\r\n", 2) : NULL;
		if (end == NULL && window < part->n)
			return form_refuse(reader, E_TOOBIG,
					   "The headers of a part of the form are longer than %zu bytes.",
					   PART_HEADER_BYTES_MOST);
		if (end == NULL)
			return form_refuse(reader, E_MALFORMED, "The headers of a part of the form do not end.");
		struct str line = {part->p, (size_t)(end - part->p)};
		skip(part, line.n + 2);
		seen += line.n + 2;
		if (line.n == 0)
			return true;
		if (!read_header_line(reader, line, headers))
			return false;
	}
}

/* Some browsers used to send the whole path. */
static struct str base_name(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/' || path.p[i - 1] == '\\') {
			skip(&path, i);
			break;
		}
	return str_is(path, ".") || str_is(path, "..") ? STR("") : path;
}

static bool check_text_part(struct form_reader *reader, const struct part_headers *headers)
{
	struct str charset = STR_NONE;
	const struct wanted wanted[] = {{"charset", &charset}};
	if (str_absent(headers->content_type))
		return true;
	if (!read_parameters(reader->arena, headers->content_type, NULL, wanted, COUNT_OF(wanted)) ||
	    (!str_absent(charset) && !str_equal_nocase(charset, STR("utf-8")) &&
	     !str_equal_nocase(charset, STR("us-ascii"))))
		return form_refuse(reader, E_MALFORMED, "A part of the form is not in UTF-8.");
	return true;
}

static bool add_part(struct form_reader *reader, const struct part_headers *headers, struct str content)
{
	static const char *const plain_encodings[] = {"7bit", "8bit", "binary"};
	struct form_field field = {.text = content};
	struct str encoded_name = STR_NONE;
	const struct wanted wanted[] = {
		{"name", &field.name}, {"filename", &field.file_name}, {"filename*", &encoded_name}};
	bool plain = str_absent(headers->encoding);
	for (size_t i = 0; i < COUNT_OF(plain_encodings); i++)
		plain = plain || str_equal_nocase(headers->encoding, str_from(plain_encodings[i]));
	if (!plain)
		return form_refuse(reader, E_MALFORMED, "A part of the form is sent in a transfer encoding.");
	/* RFC 7578 section 4.2 forbids filename*. */
	if (str_absent(headers->disposition) ||
	    !read_parameters(reader->arena, headers->disposition, "form-data", wanted, COUNT_OF(wanted)) ||
	    !str_absent(encoded_name))
		return form_refuse(reader, E_MALFORMED, "A part of the form has no or a broken Content-Disposition.");
	if (str_absent(field.file_name)) {
		if (!check_text_part(reader, headers))
			return false;
		return form_add(reader, field);
	}
	field.file_name = base_name(field.file_name);
	field.content_type = headers->content_type;
	if (field.file_name.n > FILE_NAME_BYTES_MOST)
		return form_refuse(reader, E_TOOBIG, "The name of a file is longer than %zu bytes.",
				   FILE_NAME_BYTES_MOST);
	return form_add(reader, field);
}

/*
 * What follows a boundary: "--" ends the form, blanks and a line end begin a part. Anything else means that the
 * boundary occurs inside the content, which no sender may do.
 */
static bool after_boundary(struct form_reader *reader, struct str *rest, bool *last)
{
	*last = str_starts(*rest, STR("--"));
	if (*last)
		return true;
	skip_blanks(rest);
	if (!str_starts(*rest, STR("\r\n")))
		return form_refuse(reader, E_MALFORMED, "A boundary of the form is not followed by a line end.");
	skip(rest, 2);
	return true;
}

static bool read_part(struct form_reader *reader, struct str *rest, struct str delimiter)
{
	struct part_headers headers = {0};
	struct str part = *rest;
	if (!read_headers(reader, &part, &headers))
		return false;
	/* An empty content: the delimiter's own line end is the one that ends the headers. */
	struct str from = {part.p - 2, part.n + 2};
	const char *end = memmem(from.p, from.n, delimiter.p, delimiter.n);
	if (end == NULL)
		return form_refuse(reader, E_MALFORMED, "The form ends early: its closing boundary is missing.");
	struct str content = {part.p, end > part.p ? (size_t)(end - part.p) : 0};
	*rest = (struct str){end + delimiter.n, (size_t)(from.p + from.n - end) - delimiter.n};
	return add_part(reader, &headers, content);
}

static bool read_body(struct form_reader *reader, struct str content_type, struct str body)
{
	struct str boundary = STR_NONE;
	const struct wanted wanted[] = {{"boundary", &boundary}};
	if (!read_parameters(reader->arena, content_type, "multipart/form-data", wanted, COUNT_OF(wanted)) ||
	    !is_boundary(boundary))
		return form_refuse(reader, E_MALFORMED, "The Content-Type is not multipart/form-data with a boundary.");
	struct str delimiter = arena_printf(reader->arena, "\r\n--%.*s", STR_FMT_ARG(boundary));
	struct str opening = {delimiter.p + 2, delimiter.n - 2};
	const char *found = NULL;
	if (str_starts(body, opening))
		found = body.p + opening.n;
	else if (body.n > 0 && (found = memmem(body.p, body.n, delimiter.p, delimiter.n)) != NULL)
		found += delimiter.n;
	if (found == NULL)
		return form_refuse(reader, E_MALFORMED, "The form does not hold its boundary.");
	struct str rest = {found, (size_t)(body.p + body.n - found)};
	for (bool last = false; !last;) {
		if (!after_boundary(reader, &rest, &last))
			return false;
		if (!last && !read_part(reader, &rest, delimiter))
			return false;
	}
	return true;
}

enum err form_parse_multipart(struct arena *arena, struct str content_type, struct str body,
			      const struct form_limits *limits, struct form *out, struct str *why)
{
	struct form_reader reader = form_reader(arena, limits);
	(void)read_body(&reader, content_type, body);
	return form_finish(&reader, out, why);
}
