#include "lib/base/log.h"

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES ((size_t)8192)

static const char *const level_names[] = {NULL, "debug", "info", "warning", "error"};

static struct {
	const char *program;
	enum log_level least;
} settings = {"demand", LOG_INFO};

/* Always room for the closing of the line; what does not fit is left out. */
struct line {
	char bytes[LINE_BYTES];
	size_t length;
};

static const char cut_mark[] = "...";
static const char members_cut[] = ",\"truncated\":true";
/* Kept free while the content is written: the longer mark, a quote, a brace and the line feed. */
#define CLOSING_BYTES (sizeof(members_cut) + 3)

void log_start(const char *program, enum log_level least)
{
	settings.program = program;
	settings.least = least;
}

bool log_level_from(struct str name, enum log_level *out)
{
	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
		if (str_is(name, level_names[level])) {
			*out = (enum log_level)level;
			return true;
		}
	return false;
}

/* Takes one character off *rest and writes its spelling inside a JSON string; bytes that are not UTF-8 become U+FFFD. */
static size_t escape_next(struct str *rest, char out[8])
{
	unsigned char c = (unsigned char)rest->p[0];
	size_t taken = 1, length;
	if (c == '"' || c == '\\') {
		out[0] = '\\';
		out[1] = (char)c;
		length = 2;
	} else if (c < 0x20 || c == 0x7F) {
		length = (size_t)snprintf(out, 8, "\\u%04x", c);
	} else if (c < 0x80) {
		out[0] = (char)c;
		length = 1;
	} else {
		length = 0;
		for (size_t n = 2; n <= 4 && n <= rest->n && length == 0; n++)
			if (utf8_valid((struct str){rest->p, n}))
				length = n;
		bool control = length == 2 && utf8_has_control((struct str){rest->p, 2});
		taken = length ? length : 1;
		memcpy(out, length && !control ? rest->p : "\xEF\xBF\xBD", length && !control ? length : 3);
		length = length && !control ? length : 3;
	}
	rest->p += taken;
	rest->n -= taken;
	return length;
}

/* How many bytes at the beginning stand for themselves. */
static size_t plain_run(struct str text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] >= 0x20 && text.p[n] < 0x7F && text.p[n] != '"' && text.p[n] != '\\')
		n++;
	return n;
}

/* All or nothing. */
static bool line_add(struct line *line, const char *bytes, size_t length)
{
	if (length > LINE_BYTES - CLOSING_BYTES - line->length)
		return false;
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
	return true;
}

static void line_close(struct line *line, const char *closing)
{
	size_t length = strlen(closing);
	memcpy(line->bytes + line->length, closing, length);
	line->length += length;
}

static void line_add_text(struct line *line, struct str text)
{
	char escaped[8];
	while (text.n > 0) {
		size_t length = escape_next(&text, escaped);
		if (!line_add(line, escaped, length)) {
			line_close(line, cut_mark);
			return;
		}
	}
}

static void line_begin(struct line *line, enum log_level level, const char *event)
{
	char now[CLOCK_TEXT_LENGTH + 1];
	if (!clock_print(clock_now(), now))
		now[0] = '\0'; /* the system's clock is thousands of years off */
	/* The program's name and the event are our own words and short. */
	int length = snprintf(line->bytes, LINE_BYTES / 2,
			      "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"pid\":%ld,\"event\":\"", now,
			      level_names[level], settings.program, (long)getpid());
	line->length = length < 0 ? 0 : (size_t)length < LINE_BYTES / 2 ? (size_t)length : LINE_BYTES / 2 - 1;
	line_add_text(line, utf8_prefix(str_from(event), 64));
}

static void line_write(const struct line *line)
{
	int saved = errno;
	while (write(STDERR_FILENO, line->bytes, line->length) < 0 && errno == EINTR)
		;
	errno = saved;
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	if (level < settings.least)
		return;
	char message[LINE_BYTES];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	size_t kept = length < 0 ? 0 : (size_t)length < sizeof(message) ? (size_t)length : sizeof(message) - 1;

	struct line line;
	line_begin(&line, level, event);
	static const char before[] = "\",\"message\":\"";
	(void)line_add(&line, before, sizeof(before) - 1);
	line_add_text(&line, (struct str){message, kept});
	line_close(&line, "\"}\n");
	line_write(&line);
}

/* Longest part of the members that fits and ends between two of them. */
static size_t whole_members(struct str members, size_t room)
{
	size_t end = 0;
	bool in_string = false;
	for (size_t i = 0; i < members.n && i <= room; i++) {
		char c = members.p[i];
		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (c == ',' && !in_string)
			end = i;
	}
	return end;
}

void log_members(enum log_level level, const char *event, const struct buffer *members)
{
	if (level < settings.least)
		return;
	struct line line;
	line_begin(&line, level, event);
	line_close(&line, "\"");
	struct str text = buffer_str(members);
	if (!line_add(&line, text.p, text.n)) {
		size_t room = LINE_BYTES - CLOSING_BYTES - line.length;
		(void)line_add(&line, text.p, whole_members(text, room));
		line_close(&line, members_cut);
	}
	line_close(&line, "}\n");
	line_write(&line);
}

static void member_begin(struct buffer *out, const char *name)
{
	BUFFER_LITERAL(out, ",\"");
	buffer_add_str(out, str_from(name));
	BUFFER_LITERAL(out, "\":");
}

void log_member_str(struct buffer *out, const char *name, struct str value)
{
	member_begin(out, name);
	if (str_absent(value)) {
		BUFFER_LITERAL(out, "null");
		return;
	}
	char escaped[8];
	buffer_add_char(out, '"');
	while (value.n > 0) {
		size_t plain = plain_run(value);
		buffer_add(out, value.p, plain);
		value = (struct str){value.p + plain, value.n - plain};
		if (value.n > 0)
			buffer_add(out, escaped, escape_next(&value, escaped));
	}
	buffer_add_char(out, '"');
}

void log_member_int(struct buffer *out, const char *name, int64_t value)
{
	member_begin(out, name);
	buffer_add_int(out, value);
}

void log_member_decimal(struct buffer *out, const char *name, double value)
{
	member_begin(out, name);
	if (isfinite(value))
		buffer_printf(out, "%.3f", value);
	else
		BUFFER_LITERAL(out, "null");
}
