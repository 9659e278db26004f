/* A valid input out of a table of fields. */
#include "tests/isolation/fixture.h"

#include "fcgi/duplicate_view.h"

/* Values that their field's type does not tell. */
static const struct {
	const char *entity, *field, *value;
} exceptions[] = {
	{"user", "role", "member"}, /* not an owner */
	{"tenant", "plan_tier", "enterprise"},
	{"tenant", "status", "active"},
	{"response rules", "holidays", NULL},
	{"snooze", "until", "hour"},
	{"move", "after_id", NULL}, /* one neighbour is enough */
	{"move", "place", NULL},
	{"custom field", "is_required", "f"}, /* else every other row would have to have it */
};

/* ---- what hooks do not take ---- */

/* The ways of a text that must be given: as a marker, as a name in lower case. */
enum way { AS_MARKER, AS_NAME, LEFT_OUT };

#define REFUSED_MOST 64
static struct {
	const struct entity *entity;
	const struct field *field;
	enum way way;
} refused[REFUSED_MOST];
static size_t refused_count;

static enum way way_of(const struct entity *entity, const struct field *field)
{
	for (size_t i = 0; i < refused_count; i++)
		if (refused[i].entity == entity && strcmp(refused[i].field->name, field->name) == 0)
			return refused[i].way;
	return AS_MARKER;
}

bool body_otherwise(const struct entity *entity, const struct field *field)
{
	bool required = (field->flags & FIELD_REQUIRED) != 0;
	size_t i = 0;

	while (i < refused_count && (refused[i].entity != entity || refused[i].field != field))
		i++;
	assert_true(i < REFUSED_MOST);
	if (i == refused_count)
		refused_count++;
	else if (refused[i].way == LEFT_OUT || (required && refused[i].way == AS_NAME))
		return false;
	refused[i].entity = entity;
	refused[i].field = field;
	refused[i].way = required ? refused[i].way + 1 : LEFT_OUT;
	return !required || field->type == FIELD_TEXT;
}

bool body_takes(const struct entity *entity, const struct field *field, enum write_kind kind)
{
	if (field->flags & (FIELD_READ_ONLY | FIELD_INTERNAL))
		return false;
	return !(kind == WRITE_UPDATE && (field->flags & FIELD_CREATE_ONLY)) && way_of(entity, field) != LEFT_OUT;
}

/* ---- one value, in its stored form ---- */

static unsigned number;

unsigned body_number(unsigned set)
{
	unsigned before = number;

	number = set ? set : number;
	return before;
}

/* Each text is another one, for what must be unique. */
static struct str marker(const struct planted *of, const struct entity *entity, const struct field *field)
{
	struct str whole = text("MARKER-%s-%s-%s-%u", of->letter, entity->table ? entity->table : entity->name,
				field->name, ++number);
	size_t most = field->maximum > 0 ? (size_t)field->maximum : 250;

	if (whole.n <= most)
		return whole;
	return most >= 16 ? text("MARKER-%s-%u", of->letter, number)
			  : (struct str){whole.p, most < whole.n ? most : whole.n};
}

static struct str address_part(const struct planted *of)
{
	static char random[7];

	if (!*random)
		random_base62(random, 6);
	for (char *c = random; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
	return text("marker-%c-%s%u", of->letter[0] | 0x20, random, ++number);
}

static bool is_number(const struct field *field)
{
	return field->type == FIELD_INTEGER || field->type == FIELD_MONEY || field->type == FIELD_NUMBER;
}

static struct str number_for(const struct field *field)
{
	int64_t least = field->minimum > 1 ? field->minimum : 1;

	return text("%lld", (long long)(field->maximum && field->maximum < least ? field->maximum : least));
}

static struct str value_for(const struct planted *of, const struct entity *entity, const struct field *field)
{
	struct str part;

	for (size_t i = 0; i < COUNT_OF(exceptions); i++)
		if (strcmp(exceptions[i].entity, entity->name) == 0 && strcmp(exceptions[i].field, field->name) == 0)
			return str_from(exceptions[i].value);
	if (way_of(entity, field) == AS_NAME)
		return text("marker_%c_%u", of->letter[0] | 0x20, ++number);
	if (field->type == FIELD_TEXT && field->default_value)
		return str_from(field->default_value);
	if (field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT)
		return marker(of, entity, field);
	if (field->type == FIELD_PASSWORD)
		return STR(PASSWORD);
	if (field->type == FIELD_PHONE)
		return STR("(512) 555-0123");
	if (is_number(field))
		return number_for(field);
	if (field->type == FIELD_BOOL)
		return STR("t");
	if (field->type == FIELD_INSTANT)
		return STR("2027-01-15T15:00:00Z");
	if (field->type == FIELD_CHOICE)
		return str_from(field->default_value ? field->default_value : field->choices[0].value);
	if (field->type == FIELD_REFERENCE)
		return planted_row(of, field->references);
	part = address_part(of);
	if (field->type == FIELD_EMAIL)
		return text("%.*s@example.com", STR_FMT_ARG(part));
	if (field->type == FIELD_URL)
		return text("https://%.*s.example.com/", STR_FMT_ARG(part));
	/* A slug; of other types there are dates only. */
	return field->type == FIELD_SLUG ? part : STR("2027-01-15");
}

struct value *body_make(const struct planted *of, const struct entity *entity, enum write_kind kind)
{
	struct value *body = value_map(web->arena);

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		struct str value;

		if (!body_takes(entity, field, kind))
			continue;
		value = value_for(of, entity, field);
		if (str_absent(value))
			continue;
		if (is_number(field))
			value_put(body, field->name, value_number(web->arena, value));
		else if (field->type == FIELD_BOOL)
			value_put_bool(body, field->name, str_is(value, "t"));
		else
			value_put_str(body, field->name, value);
	}
	return body;
}

/* ---- as a form ---- */

static struct str typed(const struct field *field, const struct value *value)
{
	struct str stored = value_as_str(value);
	int64_t cents;

	if (field->type == FIELD_BOOL)
		return value_as_bool(value) ? STR("on") : STR("false");
	if (field->type == FIELD_MONEY && str_to_int64(stored, &cents))
		return text("%lld.%02lld", (long long)(cents / 100), (long long)(cents % 100));
	return stored;
}

struct str body_as_form(const struct entity *entity, const struct value *body, struct str csrf, struct str version)
{
	struct buffer out = BUFFER_IN(web->arena);

	url_add_pair(&out, STR("csrf"), csrf);
	if (!str_absent(version))
		url_add_pair(&out, STR("version"), version);
	/* Every row of a test is like the one before. */
	if (entity && duplicate_fits(entity))
		url_add_pair(&out, STR(DUPLICATES_ANYWAY), STR("yes"));
	for (size_t i = 0; entity && i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		const struct value *value = value_get(body, str_from(field->name));

		if (value && !(field->flags & FIELD_API_ONLY))
			url_add_pair(&out, str_from(field->name), typed(field, value));
	}
	return buffer_str(&out);
}
