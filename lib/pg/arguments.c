/* Arguments of statements: text that PostgreSQL reads as whatever type the statement wants, or bytes of a bytea. */
#include "lib/pg/pg_internal.h"

#include "lib/base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

struct argument arg_int(struct arena *arena, int64_t value)
{
	return arg_str(arena_printf(arena, "%lld", (long long)value));
}

struct argument arg_bool(bool value)
{
	return arg_str(value ? STR("true") : STR("false"));
}

struct argument arg_uuid(struct arena *arena, struct uuid uuid)
{
	return arg_str(uuid_text(arena, uuid));
}

struct argument arg_instant(struct arena *arena, int64_t microseconds)
{
	int64_t seconds = microseconds / MICROSECONDS_PER_SECOND, rest = microseconds % MICROSECONDS_PER_SECOND;
	char text[64];
	struct tm utc;
	time_t when;

	if (rest < 0) {
		rest += MICROSECONDS_PER_SECOND;
		seconds--;
	}
	when = (time_t)seconds;
	/* All six decimals: an instant that is written and read back is the same. */
	if (!gmtime_r(&when, &utc) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc))
		return arg_null();
	return arg_str(arena_printf(arena, "%s.%06lld+00", text, (long long)rest));
}

struct argument arg_array(struct arena *arena, const struct str *items, size_t count)
{
	struct buffer text = BUFFER_IN(arena);

	buffer_add_char(&text, '{');
	for (size_t i = 0; i < count; i++) {
		if (str_absent(items[i])) {
			buffer_add_str(&text, i ? STR(",NULL") : STR("NULL"));
			continue;
		}
		buffer_add_str(&text, i ? STR(",\"") : STR("\""));
		for (size_t k = 0; k < items[i].n; k++) {
			if (items[i].p[k] == '"' || items[i].p[k] == '\\')
				buffer_add_char(&text, '\\');
			buffer_add_char(&text, items[i].p[k]);
		}
		buffer_add_char(&text, '"');
	}
	buffer_add_char(&text, '}');
	return arg_str(buffer_str(&text));
}

static bool bind_one(struct arena *arena, const struct argument *argument, struct bound *out, int at)
{
	struct str text = argument->text;

	if (str_absent(text))
		return true;
	if (text.n > INT_MAX)
		return false;
	if (argument->binary) {
		out->values[at] = text.p;
		out->lengths[at] = (int)text.n;
		out->formats[at] = 1;
		return true;
	}
	if (memchr(text.p, '\0', text.n))
		return false;
	out->values[at] = arena_c_string(arena, text);
	return true;
}

bool arguments_bind(struct arena *arena, const char *tenant, struct arguments arguments, struct bound *out)
{
	size_t ahead = tenant ? 1 : 0, count = arguments.count + ahead;

	if (count > UINT16_MAX)
		return false;
	out->count = (int)count;
	out->values = arena_array(arena, count + 1, sizeof(*out->values));
	out->lengths = arena_array(arena, count + 1, sizeof(*out->lengths));
	out->formats = arena_array(arena, count + 1, sizeof(*out->formats));
	if (tenant)
		out->values[0] = tenant;
	for (size_t i = 0; i < arguments.count; i++)
		if (!bind_one(arena, &arguments.items[i], out, (int)(i + ahead)))
			return false;
	return true;
}
