/* Filters of a list: which operators a field takes, what stands behind them, and the condition they become. */
#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/local_time.h"

/* ---- which operators fit which types ---- */

#define TEXTS                                                                                                          \
	(1u << FIELD_TEXT | 1u << FIELD_LONG_TEXT | 1u << FIELD_EMAIL | 1u << FIELD_PHONE | 1u << FIELD_URL |          \
	 1u << FIELD_SLUG)
#define NUMBERS (1u << FIELD_INTEGER | 1u << FIELD_NUMBER | 1u << FIELD_MONEY)
#define TIMES (1u << FIELD_INSTANT | 1u << FIELD_DATE)
#define ONE_OF (1u << FIELD_CHOICE | 1u << FIELD_REFERENCE)
#define ORDERED (NUMBERS | TIMES)
#define TAGS (1u << FIELD_TAGS)
#define ANY_TYPE (TEXTS | ORDERED | ONE_OF | TAGS | 1u << FIELD_BOOL)

enum operand { ONE_VALUE = 1, MANY_VALUES, A_PREFIX, A_SPAN, YES_OR_NO };

/* clang-format off */
static const struct rule {
	const char *word, *label;
	const char *time_label; /* for instants, where it reads differently; NULL: label */
	unsigned types;
	enum operand operand;
	const char *meaning;    /* for the API's document, behind "Only rows whose X " */
} rules[] = {
	[LIST_IS] = {"", "is", "is on", ANY_TYPE, ONE_VALUE, "is this"},
	[LIST_IN] = {"in", "is any of", NULL, TEXTS | NUMBERS | ONE_OF | TAGS, MANY_VALUES, "is one of these, with commas between them"},
	[LIST_NOT] = {"not", "is not", NULL, TEXTS | NUMBERS | ONE_OF | TAGS, MANY_VALUES, "is none of these, with commas between them; rows without a value are among them"},
	[LIST_STARTS] = {"starts", "starts with", NULL, TEXTS & ~(1u << FIELD_PHONE), A_PREFIX, "begins with this"},
	[LIST_AT_LEAST] = {"gte", "is at least", "is on or after", ORDERED, ONE_VALUE, "is this or more"},
	[LIST_ABOVE] = {"gt", "is more than", "is after", ORDERED, ONE_VALUE, "is more than this"},
	[LIST_AT_MOST] = {"lte", "is at most", "is on or before", ORDERED, ONE_VALUE, "is this or less"},
	[LIST_BELOW] = {"lt", "is less than", "is before", ORDERED, ONE_VALUE, "is less than this"},
	[LIST_WITHIN] = {"within", "in the last", NULL, TIMES, A_SPAN, "lies in the last so many hours, days, weeks, months or years: 12h, 7d, 2w, 3m, 1y"},
	[LIST_NEXT] = {"next", "in the next", NULL, TIMES, A_SPAN, "lies in the next so many hours, days, weeks, months or years: 12h, 7d, 2w, 3m, 1y"},
	[LIST_BEFORE] = {"before", "longer ago than", NULL, TIMES, A_SPAN, "is longer ago than so many hours, days, weeks, months or years: 12h, 7d, 2w, 3m, 1y"},
	[LIST_EMPTY] = {"empty", "is empty", NULL, ANY_TYPE & ~(1u << FIELD_BOOL), YES_OR_NO, "has no value (true), has one (false)"},
};
/* clang-format on */

/* A company may ask for a field of its own that older rows do not have. */
bool field_is_always_there(const struct field *field)
{
	return field_is_never_null(field) && !field_is(field, FIELD_CUSTOM);
}

const char *list_operator_word(enum list_operator operation)
{
	return rules[operation].word;
}

const char *list_operator_label(const struct field *field, enum list_operator operation)
{
	const struct rule *rule = &rules[operation];

	return rule->time_label && (TIMES & 1u << field->type) ? rule->time_label : rule->label;
}

const char *list_operator_meaning(enum list_operator operation)
{
	return rules[operation].meaning;
}

bool list_operator_fits(const struct field *field, enum list_operator operation)
{
	/* What begins like this is found by the index of the search. */
	return (rules[operation].types & 1u << field->type) != 0 &&
	       !(operation == LIST_STARTS && !field_is(field, FIELD_SEARCHABLE)) &&
	       !(operation == LIST_EMPTY && (field_is_always_there(field) || field_is_time_of_row(field)));
}

bool list_operator_is_span(enum list_operator operation)
{
	return rules[operation].operand == A_SPAN;
}

bool list_operator_is_range(enum list_operator operation)
{
	return (rules[operation].types & ~(ORDERED)) == 0;
}

bool list_operator_takes_value(enum list_operator operation)
{
	return rules[operation].operand == ONE_VALUE;
}

/* "gte" of "score[gte]" with the field's name left in *name; 0 when there is no such operator. */
static enum list_operator read_operator(struct str *name)
{
	struct str word = *name;
	struct str field = str_split(&word, '[');

	*name = field;
	if (str_absent(word))
		return LIST_IS;
	if (word.n < 2 || word.p[word.n - 1] != ']')
		return 0;
	word.n--;
	for (size_t i = LIST_IN; i < COUNT_OF(rules); i++)
		if (str_is(word, rules[i].word))
			return (enum list_operator)i;
	return 0;
}

/* ---- values ---- */

struct reading {
	struct arena *arena;
	struct field field; /* the entity's, under the name of the parameter: that is where errors stand */
	struct list_filter *filter;
	struct errors *errors;
};

#define REFUSE(reading, code, ...) (errors_add((reading)->errors, (reading)->field.name, code, __VA_ARGS__), false)

/* A day has a beginning and an end: it is kept as it is and becomes both in the statement. */
static bool is_day(struct str text)
{
	int64_t start;

	return text.n == 10 && local_day_start(text, 0, &start);
}

static bool read_value(struct reading *in, struct str text)
{
	struct list_filter *filter = in->filter;

	if (in->field.type == FIELD_INSTANT && is_day(text)) {
		filter->is_day = true;
	} else if (in->field.type == FIELD_TAGS) {
		struct field name = {.name = in->field.name, .label = in->field.label, .type = FIELD_TEXT};

		if (!field_accept(in->arena, &name, &text, in->errors))
			return false;
	} else if (in->field.type == FIELD_REFERENCE && str_is(text, "me") &&
		   strcmp(in->field.references, "tenant_users") == 0) {
		filter->is_me = true;
	} else if (in->field.type == FIELD_MONEY ? !field_accept(in->arena, &in->field, &text, in->errors)
						 : !field_accept_typed(in->arena, &in->field, &text, in->errors)) {
		return false;
	}
	if (!str_absent(text))
		filter->values[filter->count++] = text;
	return true;
}

static bool read_one(struct reading *in, struct str text)
{
	in->filter->values = ARENA_NEW(in->arena, struct str);
	return read_value(in, text) &&
	       (in->filter->count == 1 || REFUSE(in, "required", "%s needs a value.", in->field.name));
}

static bool read_many(struct reading *in, struct str text)
{
	in->filter->values = arena_array(in->arena, LIST_MOST_VALUES, sizeof *in->filter->values);
	for (struct str rest = text; !str_absent(rest);) {
		struct str value = str_trim(str_split(&rest, ','));

		if (value.n == 0)
			continue;
		if (in->filter->count == LIST_MOST_VALUES)
			return REFUSE(in, "too_many", "%s takes at most %d values.", in->field.name, LIST_MOST_VALUES);
		if (!read_value(in, value))
			return false;
	}
	return in->filter->count > 0 || REFUSE(in, "required", "%s needs a value.", in->field.name);
}

static bool read_prefix(struct reading *in, struct str text)
{
	in->field.type = FIELD_TEXT; /* the beginning of an address need not be one */
	in->field.minimum = 0;
	return read_one(in, text);
}

static bool read_span(struct reading *in, struct str text)
{
	struct list_filter *filter = in->filter;
	char unit = text.n ? text.p[text.n - 1] : '\0';

	if (text.n < 2 || !strchr("hdwmy", unit) || !str_to_int64((struct str){text.p, text.n - 1}, &filter->amount) ||
	    filter->amount < 1 || filter->amount > 9999)
		return REFUSE(in, "not_a_span",
			      "%s takes a number of hours, days, weeks, months or years: 12h, 7d, 2w, 3m, 1y.",
			      in->field.name);
	filter->unit = unit;
	return true;
}

static bool read_yes_or_no(struct reading *in, struct str text)
{
	in->filter->yes = str_is(text, "true");
	return in->filter->yes || str_is(text, "false") ||
	       REFUSE(in, "wrong_type", "%s is true or false.", in->field.name);
}

bool list_filter_target(const struct entity *entity, struct str name, int *field, enum list_operator *operation)
{
	*operation = read_operator(&name);
	*field = entity_field(entity, name);
	if (*field >= 0 && !field_is(&entity->fields[*field], FIELD_FILTERABLE))
		*field = -1;
	return *field >= 0 && *operation && list_operator_fits(&entity->fields[*field], *operation);
}

bool list_filter_read(struct arena *arena, const struct entity *entity, const struct form_field *sent,
		      struct list_filter *out, struct errors *errors)
{
	static bool (*const read[])(struct reading *, struct str) = {
		[ONE_VALUE] = read_one, [MANY_VALUES] = read_many,    [A_PREFIX] = read_prefix,
		[A_SPAN] = read_span,   [YES_OR_NO] = read_yes_or_no,
	};
	const char *parameter = arena_c_string(arena, utf8_prefix(sent->name, 64));
	struct reading in = {.arena = arena, .filter = out, .errors = errors};
	enum list_operator operation;
	int field;

	if (!list_filter_target(entity, sent->name, &field, &operation)) {
		if (field < 0)
			errors_add(errors, parameter, "unknown_field", "There is no parameter of this name.");
		else
			errors_add(errors, parameter, "unknown_operator", "%s has no filter of this kind.",
				   entity->fields[field].label);
		return false;
	}
	*out = (struct list_filter){
		.field = field, .operation = operation, .parameter = sent->name, .text = sent->text};
	in.field = entity->fields[field];
	in.field.name = parameter;
	return read[rules[operation].operand](&in, str_trim(sent->text));
}

/* ---- what a person typed, and what a person reads ---- */

struct str list_filter_name(struct arena *arena, const struct field *field, enum list_operator operation)
{
	return operation == LIST_IS ? str_from(field->name)
				    : arena_printf(arena, "%s[%s]", field->name, rules[operation].word);
}

/* Dollars become cents; what cannot be read stays, so that the list can say why. */
struct str list_filter_typed(struct arena *arena, const struct field *field, enum list_operator operation,
			     struct str typed)
{
	const char *complaint;
	int64_t cents;

	if (rules[operation].operand == YES_OR_NO || field->type != FIELD_MONEY)
		return typed;
	return money_parse(str_trim(typed), &cents, &complaint) ? arena_printf(arena, "%lld", (long long)cents) : typed;
}

static struct str value_words(struct arena *arena, const struct field *field, struct str value)
{
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		if (str_is(value, choice->value))
			return str_from(choice->label);
	if (field->type == FIELD_MONEY)
		return money_label(arena, value);
	if (field->type == FIELD_BOOL)
		return str_is(value, "t") ? STR("yes") : STR("no");
	return value;
}

struct str list_filter_words(struct arena *arena, const struct field *field, const struct list_filter *filter)
{
	static const struct {
		char unit;
		const char *one, *many;
	} units[] = {{'h', "hour", "hours"},
		     {'d', "day", "days"},
		     {'w', "week", "weeks"},
		     {'m', "month", "months"},
		     {'y', "year", "years"}};
	struct buffer words = BUFFER_IN(arena);

	for (size_t i = 0; filter->unit && i < COUNT_OF(units); i++)
		if (units[i].unit == filter->unit)
			buffer_printf(&words, "%lld %s", (long long)filter->amount,
				      filter->amount == 1 ? units[i].one : units[i].many);
	for (size_t i = 0; i < filter->count; i++) {
		buffer_add_str(&words, i == 0 ? STR("") : i + 1 == filter->count ? STR(" or ") : STR(", "));
		buffer_add_str(&words, value_words(arena, field, filter->values[i]));
	}
	return buffer_str(&words);
}
