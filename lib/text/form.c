#include "lib/text/form_internal.h"

#include "lib/base/utf8.h"
#include "lib/text/url.h"

const struct form_limits form_limits_request = {FORM_FIELDS_MOST, 200, (size_t)256 * 1024, (size_t)3 * 1024 * 1024};

struct form_reader form_reader(struct arena *arena, const struct form_limits *limits)
{
	return (struct form_reader){.arena = arena, .limits = limits};
}

bool form_refuse(struct form_reader *reader, enum err status, const char *format, ...)
{
	struct buffer why = BUFFER_IN(reader->arena);
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(&why, format, arguments);
	va_end(arguments);
	reader->status = status;
	reader->why = buffer_str(&why);
	return false;
}

/* CR LF and a lone CR become LF; borrowed when there is nothing to change. */
static struct str with_line_feeds(struct arena *arena, struct str text)
{
	if (text.n == 0 || memchr(text.p, '\r', text.n) == NULL)
		return text;
	char *out = arena_alloc(arena, text.n);
	size_t length = 0;
	for (size_t i = 0; i < text.n; i++) {
		bool carriage_return = text.p[i] == '\r';
		if (carriage_return && i + 1 < text.n && text.p[i + 1] == '\n')
			continue;
		out[length++] = carriage_return ? '\n' : text.p[i];
	}
	return (struct str){out, length};
}

static bool name_is_good(struct form_reader *reader, struct str name)
{
	if (name.n == 0)
		return form_refuse(reader, E_MALFORMED, "A field of the form has no name.");
	if (name.n > reader->limits->name_bytes)
		return form_refuse(reader, E_TOOBIG, "The name of a field is longer than %zu bytes.",
				   reader->limits->name_bytes);
	bool lines = memchr(name.p, '\n', name.n) || memchr(name.p, '\r', name.n) || memchr(name.p, '\t', name.n);
	if (lines || !utf8_valid(name) || utf8_has_control(name))
		return form_refuse(reader, E_MALFORMED, "The name of a field is not plain UTF-8 text.");
	return true;
}

bool form_add(struct form_reader *reader, struct form_field field)
{
	bool is_file = !str_absent(field.file_name);
	size_t most = is_file ? reader->limits->file_bytes : reader->limits->text_bytes;
	if (reader->form.count == reader->limits->fields)
		return form_refuse(reader, E_TOOBIG, "The form has more than %zu fields.", reader->limits->fields);
	if (!name_is_good(reader, field.name))
		return false;
	if (field.text.n > most)
		return form_refuse(reader, E_TOOBIG, "The field \"%.*s\" is longer than %zu bytes.",
				   STR_FMT_ARG(field.name), most);
	if (!is_file) {
		if (!utf8_valid(field.text))
			return form_refuse(reader, E_MALFORMED, "The field \"%.*s\" is not UTF-8 or holds a NUL.",
					   STR_FMT_ARG(field.name));
		field.text = with_line_feeds(reader->arena, field.text);
	}
	struct form_field *kept = ARENA_NEW(reader->arena, struct form_field);
	*kept = field;
	kept->next = NULL;
	if (reader->end == NULL)
		reader->form.first = kept;
	else
		*reader->end = kept;
	reader->end = &kept->next;
	reader->form.count++;
	return true;
}

enum err form_finish(struct form_reader *reader, struct form *out, struct str *why)
{
	if (reader->status == OK)
		*out = reader->form;
	else
		*why = reader->why;
	return reader->status;
}

/* UTF-8 is judged by form_add, which can name the field. */
static bool add_pair(struct form_reader *reader, struct str pair)
{
	struct form_field field = {0};
	struct str name = str_split(&pair, '=');
	if (!url_unescape(reader->arena, name, true, &field.name))
		return form_refuse(reader, E_MALFORMED, "The name of a field has a broken percent escape.");
	/* A name without '=' has the empty value. */
	if (!url_unescape(reader->arena, pair, true, &field.text)) {
		if (!name_is_good(reader, field.name))
			return false;
		return form_refuse(reader, E_MALFORMED, "The field \"%.*s\" has a broken percent escape.",
				   STR_FMT_ARG(field.name));
	}
	return form_add(reader, field);
}

enum err form_parse_urlencoded(struct arena *arena, struct str text, const struct form_limits *limits, struct form *out,
			       struct str *why)
{
	struct form_reader reader = form_reader(arena, limits);
	while (reader.status == OK && !str_absent(text)) {
		struct str pair = str_split(&text, '&');
		if (pair.n > 0 && !add_pair(&reader, pair))
			break;
	}
	return form_finish(&reader, out, why);
}

static const struct form_field *first_from(const struct form_field *field, const char *name)
{
	while (field != NULL && !str_is(field->name, name))
		field = field->next;
	return field;
}

const struct form_field *form_find(const struct form *form, const char *name)
{
	return first_from(form->first, name);
}

const struct form_field *form_find_next(const struct form_field *field, const char *name)
{
	return first_from(field->next, name);
}

struct str form_text(const struct form *form, const char *name)
{
	const struct form_field *field = form_find(form, name);
	return field ? field->text : STR_NONE;
}
