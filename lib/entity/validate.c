/*
 * What a value of each type must be: one table from type to rule. A rule turns what came in into the stored form, or
 * adds one error at the field.
 */
#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"
#include "lib/entity/phone.h"

struct input {
	struct arena *arena;
	const struct field *field;
	struct str text; /* in: as sent; out: stored form */
	struct errors *errors;
};

#define REFUSE(in, code, ...) (errors_add((in)->errors, (in)->field->name, code, __VA_ARGS__), false)

typedef bool accept(struct input *);

/* ---- text ---- */

static bool accept_text(struct input *in)
{
	(void)in;
	return true;
}

static bool accept_email(struct input *in)
{
	return email_syntax(in->text) || REFUSE(in, "not_an_email", "Enter an e-mail address like name@example.com.");
}

static bool accept_phone(struct input *in)
{
	size_t digits = phone_digits(in->arena, in->text).n;

	if (!phone_shape(in->text) || digits < 7 || digits > 15)
		return REFUSE(in, "not_a_phone", "Enter a phone number like (512) 555-0123 or +44 20 7946 0018.");
	return true;
}

static bool accept_slug(struct input *in)
{
	char *lower = arena_c_string(in->arena, in->text);

	for (char *c = lower; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '-')
			return REFUSE(in, "not_a_slug", "Use lower-case letters, digits and hyphens only.");
	}
	if (lower[0] == '-' || lower[in->text.n - 1] == '-')
		return REFUSE(in, "not_a_slug", "Begin and end with a letter or a digit.");
	in->text = str_from(lower);
	return true;
}

static bool accept_url(struct input *in)
{
	const char *complaint;

	return url_normal(in->arena, in->text, &in->text, &complaint) || REFUSE(in, "not_a_url", "%s", complaint);
}

/* ---- numbers, choices, the rest ---- */

static bool accept_integer(struct input *in)
{
	int64_t number, least = field_minimum(in->field), most = field_maximum(in->field);

	if (!str_to_int64(in->text, &number))
		return REFUSE(in, "not_an_integer", "%s must be a whole number.", in->field->label);
	if (number < least || number > most)
		return REFUSE(in, "out_of_range", "%s must be from %" PRId64 " to %" PRId64 ".", in->field->label,
			      least, most);
	in->text = arena_printf(in->arena, "%" PRId64, number);
	return true;
}

/* Exact decimal: no exponent, no leading or trailing zeros once stored. */
static bool accept_number(struct input *in)
{
	struct str text = in->text;
	bool negative = str_starts(text, STR("-"));
	struct str fraction = negative ? (struct str){text.p + 1, text.n - 1} : text, whole = str_split(&fraction, '.');
	bool digits = whole.n > 0 && (str_absent(fraction) || fraction.n > 0);

	for (size_t i = 0; i < whole.n; i++)
		digits = digits && whole.p[i] >= '0' && whole.p[i] <= '9';
	for (size_t i = 0; i < fraction.n; i++)
		digits = digits && fraction.p[i] >= '0' && fraction.p[i] <= '9';
	if (!digits)
		return REFUSE(in, "not_a_number", "%s must be a number like 12 or 2.5.", in->field->label);
	while (whole.n > 1 && whole.p[0] == '0')
		whole = (struct str){whole.p + 1, whole.n - 1};
	while (fraction.n > 0 && fraction.p[fraction.n - 1] == '0')
		fraction.n--;
	if (whole.n + fraction.n > 15 || fraction.n > 6)
		return REFUSE(in, "out_of_range", "%s can have at most 15 digits, six of them behind the point.",
			      in->field->label);
	negative = negative && (fraction.n > 0 || !str_is(whole, "0"));
	in->text = arena_printf(in->arena, "%s%.*s%s%.*s", negative ? "-" : "", STR_FMT_ARG(whole),
				fraction.n ? "." : "", STR_FMT_ARG(fraction));
	return true;
}

static bool accept_money(struct input *in)
{
	int64_t cents, most = field_maximum(in->field);

	if (!str_to_int64(in->text, &cents))
		return REFUSE(in, "not_an_integer", "%s must be a whole number of cents.", in->field->label);
	in->text = arena_printf(in->arena, "%" PRId64, cents);
	if (cents < field_minimum(in->field))
		return REFUSE(in, "out_of_range", "%s is too small.", in->field->label);
	if (cents > most) {
		struct str label = money_label(in->arena, arena_printf(in->arena, "%" PRId64, most));

		return REFUSE(in, "out_of_range", "%s can be at most %.*s.", in->field->label, STR_FMT_ARG(label));
	}
	return true;
}

static bool accept_bool(struct input *in)
{
	return str_is(in->text, "t") || str_is(in->text, "f") ||
	       REFUSE(in, "wrong_type", "%s must be true or false.", in->field->label);
}

/* A day of the calendar, without a zone. */
static bool accept_date(struct input *in)
{
	int64_t midnight;

	if (in->text.n != 10 ||
	    !clock_from_rfc3339(arena_printf(in->arena, "%.*sT00:00:00Z", STR_FMT_ARG(in->text)), &midnight))
		return REFUSE(in, "not_a_date", "%s must be a day like 2026-11-23.", in->field->label);
	if (in->text.p[0] < '1' || in->text.p[0] > '2')
		return REFUSE(in, "out_of_range", "%s must be a day of the years 1000 to 2999.", in->field->label);
	return true;
}

static bool accept_instant(struct input *in)
{
	int64_t instant;

	if (!clock_from_rfc3339(in->text, &instant))
		return REFUSE(in, "not_a_time", "Enter a time like 2026-11-23T07:32:00Z.");
	in->text = clock_rfc3339(in->arena, instant);
	return true;
}

static bool accept_choice(struct input *in)
{
	struct buffer values = BUFFER_IN(in->arena);

	for (const struct choice *choice = in->field->choices; choice->value; choice++) {
		if (str_is(in->text, choice->value))
			return true;
		buffer_printf(&values, "%s%s", values.length ? ", " : "", choice->value);
	}
	return REFUSE(in, "not_a_choice", "%s must be one of: %.*s.", in->field->label,
		      STR_FMT_ARG(buffer_str(&values)));
}

static bool accept_reference(struct input *in)
{
	struct uuid id;

	if (!uuid_parse(in->text, &id))
		return REFUSE(in, "not_an_id", "%s must be an id.", in->field->label);
	in->text = uuid_text(in->arena, id);
	return true;
}

static bool accept_tags(struct input *in)
{
	struct str names = tags_canonical(in->arena, in->text);
	size_t count = 0;

	in->text = names;
	while (!str_absent(names)) {
		struct str name = str_split(&names, '\n');

		count++;
		if (utf8_length(name) > TAG_NAME_MOST)
			return REFUSE(in, "too_long", "A tag has at most %d characters.", TAG_NAME_MOST);
	}
	return count <= TAGS_MOST || REFUSE(in, "too_many", "%s: at most %d.", in->field->label, TAGS_MOST);
}

/* One a line, or with commas between them. */
static bool accept_ids(struct input *in)
{
	struct buffer ids = BUFFER_IN(in->arena);
	struct str lines = in->text;
	int64_t count = 0;

	while (!str_absent(lines)) {
		struct str line = str_split(&lines, '\n');

		while (!str_absent(line)) {
			struct str text = str_trim(str_split(&line, ','));
			struct uuid id;

			if (!uuid_parse(text, &id))
				return REFUSE(in, "not_an_id", "%s: “%.*s” is not an id.", in->field->label,
					      STR_FMT_ARG(utf8_prefix(text, 40)));
			buffer_add_char(&ids, count++ ? ',' : '{');
			buffer_add_str(&ids, uuid_text(in->arena, id));
		}
	}
	buffer_add_char(&ids, '}');
	in->text = buffer_str(&ids);
	return count <= field_maximum(in->field) ||
	       REFUSE(in, "too_many", "%s: at most %" PRId64 ".", in->field->label, field_maximum(in->field));
}

/* ---- what people type into forms, where it differs ---- */

static bool typed_money(struct input *in)
{
	const char *complaint;
	int64_t cents;

	if (!money_parse(in->text, &cents, &complaint))
		return REFUSE(in, "not_money", "%s", complaint);
	in->text = arena_printf(in->arena, "%" PRId64, cents);
	return true;
}

static bool typed_bool(struct input *in)
{
	static const struct {
		const char *typed, *stored;
	} words[] = {{"on", "t"}, {"true", "t"}, {"1", "t"}, {"false", "f"}, {"0", "f"}, {"off", "f"}};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_is(in->text, words[i].typed))
			in->text = str_from(words[i].stored);
	return true;
}

/* A browser's date and time has no zone ("2026-11-23T07:32"): it is a time of the person's own. */
static bool typed_instant(struct input *in)
{
	int64_t instant;

	if (local_from_wall(in->text, &instant))
		in->text = clock_rfc3339(in->arena, instant);
	return true;
}

/* ---- the table ---- */

#define MOST_EXACT_INTEGER INT64_C(9007199254740991) /* 2^53 - 1: what every JSON reader holds exactly */
#define MOST_CENTS INT64_C(999999999999)

/* clang-format off */
static const struct type_rule {
	enum json_kind json;
	bool is_text; /* minimum and maximum count code points */
	bool is_trimmed;
	bool has_lines;
	int64_t minimum, maximum; /* where the field says 0 */
	accept *accept;
	accept *typed; /* first, for forms and query strings; NULL: nothing to do */
} rules[] = {
	[FIELD_TEXT] = {JSON_STRING, true, true, false, 0, 255, accept_text, NULL},
	[FIELD_LONG_TEXT] = {JSON_STRING, true, true, true, 0, 10000, accept_text, NULL},
	[FIELD_EMAIL] = {JSON_STRING, true, true, false, 0, 254, accept_email, NULL},
	[FIELD_PHONE] = {JSON_STRING, true, true, false, 0, 40, accept_phone, NULL},
	[FIELD_URL] = {JSON_STRING, true, true, false, 0, 2000, accept_url, NULL},
	[FIELD_SLUG] = {JSON_STRING, true, true, false, 3, 40, accept_slug, NULL},
	[FIELD_PASSWORD] = {JSON_STRING, true, false, false, 0, 256, accept_text, NULL},
	[FIELD_INTEGER] = {JSON_INTEGER, false, true, false, 0, MOST_EXACT_INTEGER, accept_integer, NULL},
	[FIELD_NUMBER] = {JSON_NUMBER, false, true, false, 0, 0, accept_number, NULL},
	[FIELD_MONEY] = {JSON_INTEGER, false, true, false, 0, MOST_CENTS, accept_money, typed_money},
	[FIELD_BOOL] = {JSON_BOOLEAN, false, true, false, 0, 0, accept_bool, typed_bool},
	[FIELD_DATE] = {JSON_STRING, false, true, false, 0, 0, accept_date, NULL},
	[FIELD_INSTANT] = {JSON_STRING, false, true, false, 0, 0, accept_instant, typed_instant},
	[FIELD_CHOICE] = {JSON_STRING, false, true, false, 0, 0, accept_choice, NULL},
	[FIELD_REFERENCE] = {JSON_STRING, false, true, false, 0, 0, accept_reference, NULL},
	[FIELD_TAGS] = {JSON_STRINGS, false, true, true, 0, 0, accept_tags, NULL},
	[FIELD_IDS] = {JSON_STRINGS, false, true, true, 0, 1000, accept_ids, NULL},
};
/* clang-format on */

enum json_kind field_json_kind(enum field_type type)
{
	return rules[type].json;
}

bool field_is_text(enum field_type type)
{
	return rules[type].is_text;
}

int64_t field_minimum(const struct field *field)
{
	return field->minimum ? field->minimum : rules[field->type].minimum;
}

int64_t field_maximum(const struct field *field)
{
	return field->maximum ? field->maximum : rules[field->type].maximum;
}

/* Text with CR LF, as programs on Windows send it. */
static struct str with_plain_line_ends(struct arena *arena, struct str text)
{
	struct buffer out = BUFFER_IN(arena);

	if (!memchr(text.p, '\r', text.n))
		return text;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
			buffer_add_char(&out, text.p[i]);
	return buffer_str(&out);
}

static bool has_forbidden_control(struct str text, bool has_lines)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\r' || (!has_lines && (text.p[i] == '\n' || text.p[i] == '\t')))
			return true;
	return utf8_has_control(text);
}

/* Trimmed and of the right length, as far as the type asks for it. Empty becomes absent. */
static bool clean_text(struct input *in, const struct type_rule *rule)
{
	const char *label = in->field->label;
	int64_t length;

	if (rule->has_lines)
		in->text = with_plain_line_ends(in->arena, in->text);
	if (rule->is_trimmed)
		in->text = str_trim(in->text);
	if (in->text.n == 0) {
		in->text = STR_NONE;
		return true;
	}
	if (has_forbidden_control(in->text, rule->has_lines))
		return REFUSE(in, "control_character",
			      "%s holds a character that cannot be shown. Type it again without it.", label);
	if (!rule->is_text)
		return true;
	length = (int64_t)utf8_length(in->text);
	if (length > field_maximum(in->field))
		return REFUSE(in, "too_long", "%s can have at most %" PRId64 " characters; this has %" PRId64 ".",
			      label, field_maximum(in->field), length);
	if (length < field_minimum(in->field))
		return REFUSE(in, "too_short", "%s must have at least %" PRId64 " characters.", label,
			      field_minimum(in->field));
	return true;
}

static bool accept_input(struct arena *arena, const struct field *field, struct str *text, struct errors *errors,
			 bool typed)
{
	struct input in = {arena, field, *text, errors};
	const struct type_rule *rule = &rules[field->type];

	if (!clean_text(&in, rule))
		return false;
	if (!str_absent(in.text) && ((typed && rule->typed && !rule->typed(&in)) || !rule->accept(&in)))
		return false;
	*text = in.text;
	return true;
}

bool field_accept(struct arena *arena, const struct field *field, struct str *text, struct errors *errors)
{
	return accept_input(arena, field, text, errors, false);
}

bool field_accept_typed(struct arena *arena, const struct field *field, struct str *text, struct errors *errors)
{
	return accept_input(arena, field, text, errors, true);
}
