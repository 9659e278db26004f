#include "lib/entity/sheet.h"

#include <stdlib.h>

#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/phone.h"

/* ---- cells ---- */

static size_t skip_any(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_starts(text, str_from(*words)))
			return strlen(*words);
	return 0;
}

bool sheet_is_formula(struct str cell)
{
	/* Plain, full-width and small forms, and the minus sign of mathematics. */
	static const char *const starts[] = {"=",      "+",      "-",      "@",      "\t",     "\r",
					     "\n",     "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "\uFE66",
					     "\uFE62", "\uFE63", "\uFE6B", "\u2212", NULL};
	/* Quotes, blanks of any width, and what has none. */
	static const char *const skipped[] = {" ",      "\"",     "'",      "\uFF02", "\uFF07", "\u201C", "\u201D",
					      "\u2018", "\u2019", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
					      "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
					      "\u200A", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u202F",
					      "\u205F", "\u2060", "\u3000", "\uFEFF", NULL};
	size_t length = 1;

	while (cell.n && length) {
		if ((unsigned char)cell.p[0] < 0x80 && !memchr("=+-@\t\r\n \"'", cell.p[0], 10))
			return false; /* nearly all of them */
		if (skip_any(cell, starts))
			return true;
		length = skip_any(cell, skipped);
		cell = (struct str){cell.p + length, cell.n - length};
	}
	return false;
}

struct str sheet_guarded(struct arena *arena, struct str cell)
{
	return sheet_is_formula(cell) ? arena_printf(arena, "'%.*s", STR_FMT_ARG(cell)) : cell;
}

/* What begins with an apostrophe and then with a formula has been given one more: see skipped[]. */
struct str sheet_without_guard(struct str cell)
{
	struct str rest = {cell.p + 1, cell.n - 1};

	return cell.n > 1 && cell.p[0] == '\'' && sheet_is_formula(rest) ? rest : cell;
}

static struct str words_for_bool(struct str cell)
{
	static const struct {
		const char *word, *stored;
	} words[] = {
		{"yes", "t"}, {"y", "t"}, {"true", "t"},  {"t", "t"}, {"1", "t"}, {"x", "t"}, {"on", "t"},
		{"no", "f"},  {"n", "f"}, {"false", "f"}, {"f", "f"}, {"0", "f"}, {"-", "f"}, {"off", "f"},
	};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_equal_nocase(cell, str_from(words[i].word)))
			return str_from(words[i].stored);
	return cell;
}

static struct str number_part(struct str *rest, char separator)
{
	struct str part = str_trim(str_split(rest, separator));

	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] < '0' || part.p[i] > '9')
			return STR_NONE;
	return part;
}

/* 11/23/2026, 11-23-26, 2026/11/23: "2026-11-23". The month comes first, as American programs write it. */
static struct str plain_day(struct arena *arena, struct str cell)
{
	char separator = memchr(cell.p, '/', cell.n) ? '/' : memchr(cell.p, '.', cell.n) ? '.' : '-';
	struct str rest = cell, one = number_part(&rest, separator), two = number_part(&rest, separator),
		   three = number_part(&rest, separator);
	int64_t year, month, day;

	if (!str_absent(rest) || one.n == 0 || two.n == 0 || three.n == 0 ||
	    !str_to_int64(one.n == 4 ? two : one, &month) || !str_to_int64(one.n == 4 ? three : two, &day) ||
	    !str_to_int64(one.n == 4 ? one : three, &year))
		return cell;
	/* 23.11.2026 is written where days come first. */
	if (separator == '.' && one.n < 4) {
		int64_t swap = month;

		month = day;
		day = swap;
	}
	if (year < 100)
		year += year < 70 ? 2000 : 1900;
	if (year > 9999 || month > 99 || day > 99)
		return cell;
	return arena_printf(arena, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

/* A day, and the time behind it as programs write it: "11/23/2026 2:05 PM", "2026-11-23 14:05:00". */
static struct str plain_instant(struct arena *arena, struct str cell)
{
	struct str time = cell, day = str_split(&time, memchr(cell.p, ' ', cell.n) ? ' ' : 'T'), minute, hour, half;
	int64_t h, m;

	if (str_absent(time))
		return arena_printf(arena, "%.*sT00:00", STR_FMT_ARG(plain_day(arena, day)));
	time = str_trim(time);
	half = time;
	time = str_split(&half, ' ');
	minute = time;
	hour = str_split(&minute, ':');
	minute = str_split(&minute, ':');
	if (!str_to_int64(hour, &h) || str_absent(minute) || !str_to_int64(minute, &m))
		return cell;
	if (str_equal_nocase(half, STR("pm")) && h < 12)
		h += 12;
	if (str_equal_nocase(half, STR("am")) && h == 12)
		h = 0;
	return arena_printf(arena, "%.*sT%02d:%02d", STR_FMT_ARG(plain_day(arena, day)), (int)h % 100, (int)m % 100);
}

static struct str without(struct arena *arena, struct str cell, const char *characters)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < cell.n; i++)
		if (!strchr(characters, cell.p[i]))
			buffer_add_char(&out, cell.p[i]);
	return buffer_str(&out);
}

/* By its label or its value, in any case: "No heat" and "NO_HEAT" are no_heat. */
static struct str choice_value(struct arena *arena, const struct field *field, struct str cell)
{
	struct str lower = search_lower(arena, cell);

	for (const struct choice *choice = field->choices; choice->value; choice++)
		if (str_equal(lower, search_lower(arena, str_from(choice->value))) ||
		    str_equal(lower, search_lower(arena, str_from(choice->label))))
			return str_from(choice->value);
	return cell;
}

static struct str tag_lines(struct arena *arena, struct str cell)
{
	char *text = arena_c_string(arena, cell);
	char separator = memchr(cell.p, ';', cell.n) ? ';' : ',';

	for (size_t i = 0; i < cell.n; i++)
		if (text[i] == separator)
			text[i] = '\n';
	return (struct str){text, cell.n};
}

/* What a form would have been sent. */
static struct str as_typed(struct arena *arena, const struct field *field, struct str cell)
{
	switch (field->type) {
	case FIELD_BOOL:
		return words_for_bool(cell);
	case FIELD_DATE:
		return plain_day(arena, memchr(cell.p, ' ', cell.n) ? str_split(&cell, ' ') : cell);
	case FIELD_INSTANT:
		return str_ends(cell, STR("Z")) ? cell : plain_instant(arena, cell);
	case FIELD_INTEGER:
	case FIELD_NUMBER:
		return without(arena, cell, ", ");
	case FIELD_CHOICE:
		return choice_value(arena, field, cell);
	case FIELD_TAGS:
		return tag_lines(arena, cell);
	case FIELD_TEXT:
	case FIELD_EMAIL:
	case FIELD_PHONE:
	case FIELD_URL:
	case FIELD_IDS:
	case FIELD_SLUG:
	case FIELD_LONG_TEXT:
	case FIELD_PASSWORD:
	case FIELD_MONEY:
	case FIELD_REFERENCE:
		break;
	}
	return cell;
}

/* A line end inside a short text is a blank. */
static struct str on_one_line(struct arena *arena, const struct field *field, struct str cell)
{
	char *text;

	if (field->type == FIELD_LONG_TEXT || field->type == FIELD_TAGS ||
	    (!memchr(cell.p, '\n', cell.n) && !memchr(cell.p, '\r', cell.n) && !memchr(cell.p, '\t', cell.n)))
		return cell;
	text = arena_c_string(arena, cell);
	for (size_t i = 0; i < cell.n; i++)
		if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
			text[i] = ' ';
	return (struct str){text, cell.n};
}

bool record_take_cell(struct record *record, int at, struct str cell, bool stored, struct errors *errors)
{
	const struct field *field = &record->entity->fields[at];
	struct arena *arena = record->arena;
	struct str text = str_trim(sheet_without_guard(on_one_line(arena, field, cell)));
	bool good;

	if (text.n == 0)
		return true;
	if (stored && field->type == FIELD_MONEY)
		good = field_accept(arena, field, &text, errors);
	else {
		text = as_typed(arena, field, text);
		good = field_accept_typed(arena, field, &text, errors);
	}
	if (good && !str_absent(text)) {
		record->values[at] = text;
		record->given[at] = true;
	}
	return good;
}

bool record_take_stored(struct record *record, int at, struct str cell, struct errors *errors)
{
	bool good = field_accept(record->arena, &record->entity->fields[at], &cell, errors);

	record->given[at] = true;
	if (good)
		record->values[at] = cell.n ? cell : STR_NONE;
	return good;
}

enum err record_finish(struct record *record, enum write_kind kind, struct errors *errors)
{
	return record_complete(record, kind, errors);
}

/* ---- looking up ---- */

/* People are named by their address or number as well. */
struct lookup lookup_of_reference(const struct field *field)
{
	struct lookup lookup = {
		.table = field->references, .column = field->reference_label, .condition = field->reference_condition};
	bool contact = strcmp(field->references, "contacts") == 0;

	if (contact || strcmp(field->references, "tenant_users") == 0)
		lookup.also[0] = "email_norm";
	if (contact)
		lookup.also[1] = "phone_e164";
	return lookup;
}

/* Of each value what it is in the other columns. */
static struct argument other_forms(struct arena *arena, const struct str *values, size_t count)
{
	struct str *forms = arena_array(arena, count + 1, sizeof *forms);

	for (size_t i = 0; i < count; i++) {
		struct str phone = str_absent(values[i]) ? STR_NONE : phone_e164(arena, values[i]);

		if (!str_absent(values[i]))
			forms[i] = str_absent(phone) ? search_lower(arena, values[i]) : phone;
	}
	return arg_array(arena, forms, count);
}

static void add_given(struct sql *sql, const char *column, bool lower, const char *array)
{
	sql_add(sql, column);
	sql_add(sql, " = ANY(ARRAY(SELECT ");
	sql_add(sql, lower ? "lower(g.v)" : "g.v");
	sql_add(sql, " FROM unnest(");
	sql_add(sql, array);
	sql_add(sql, "::text[]) AS g (v)))");
}

/* The rows that any of the values may mean. */
static void add_rows(struct sql *sql, const struct lookup *lookup)
{
	static const char *const names[] = {" AS a0", " AS a1"};

	sql_add(sql, "SELECT id, ");
	sql_add(sql, lookup->column);
	sql_add(sql, " AS k");
	for (size_t i = 0; i < COUNT_OF(lookup->also) && lookup->also[i]; i++) {
		sql_add(sql, ", ");
		sql_add(sql, lookup->also[i]);
		sql_add(sql, names[i]);
	}
	sql_add(sql, " FROM ");
	sql_add(sql, lookup->table);
	sql_add(sql, " WHERE tenant_id = $1 AND (");
	add_given(sql, lookup->column, lookup->any_case, "$2");
	for (size_t i = 0; i < COUNT_OF(lookup->also) && lookup->also[i]; i++) {
		sql_add(sql, " OR ");
		add_given(sql, lookup->also[i], false, "$3");
	}
	sql_add(sql, ")");
	if (lookup->condition) {
		sql_add(sql, " AND (");
		sql_add(sql, lookup->condition);
		sql_add(sql, ")");
	}
}

/*
 * All values in one condition on the column, then back to the places they came from. Row by row it would be as good
 * with the right index and a disaster with the wrong one, which the planner takes for a table it has no statistics of.
 */
static void add_lookup(struct sql *sql, const struct lookup *lookup, struct argument values, struct argument forms)
{
	static const char *const joins[] = {" UNION SELECT w.n, t.id FROM w JOIN t ON t.a0 = w.a",
					    " UNION SELECT w.n, t.id FROM w JOIN t ON t.a1 = w.a"};

	sql_add(sql, "WITH w AS MATERIALIZED (SELECT ");
	sql_add(sql, lookup->any_case ? "lower(u.v)" : "u.v");
	sql_add(sql, " AS v, u.a, u.n FROM unnest(");
	sql_argument(sql, values);
	sql_add(sql, "::text[], ");
	sql_argument(sql, forms);
	sql_add(sql, "::text[]) WITH ORDINALITY AS u (v, a, n)), t AS MATERIALIZED (");
	add_rows(sql, lookup);
	sql_add(sql, ") SELECT w.n, t.id FROM w JOIN t ON t.k = w.v");
	for (size_t i = 0; i < COUNT_OF(lookup->also) && lookup->also[i]; i++)
		sql_add(sql, joins[i]);
	sql_add(sql, " ORDER BY 1, 2");
}

enum err lookup_many(struct ttx *tx, const struct lookup *lookup, const struct str *values, size_t count,
		     struct lookup_hit *out)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct rows *rows;
	enum err err;

	for (size_t i = 0; i < count; i++)
		out[i] = (struct lookup_hit){uuid_zero(), 0};
	if (count == 0)
		return OK;
	add_lookup(&sql, lookup, arg_array(sql.arena, values, count),
		   lookup->also[0] ? other_forms(sql.arena, values, count) : arg_null());
	err = sql_rows(&sql, tx, lookup->table, &rows);
	while (err == OK && rows_next(rows)) {
		int64_t at = rows_int(rows, 0) - 1;

		if (at < 0 || (uint64_t)at >= count)
			continue;
		if (out[at].matches++ == 0)
			out[at].id = rows_uuid(rows, 1);
	}
	return err;
}
