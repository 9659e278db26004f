#include "lib/crm/duplicate_sql.h"

/* In a SELECT of its own, or the planner writes the function out and then finds no index for it. */
#define PLACE "(SELECT match_place($2::text, $3::text))"
/* The same street and number are there in many towns; a ZIP code that is not known excludes nothing. */
#define SAME_ZIP " AND (a.zip IS NULL OR b.zip IS NULL OR left(a.zip, 5) = left(b.zip, 5))"
#define LIKE_ZIP " AND (r.zip IS NULL OR $4::text IS NULL OR left(r.zip, 5) = left($4::text, 5))"

static const struct duplicate_key of_persons[] = {
	{DUPLICATE_PHONE, "phone", "phone_e164", "$5::text", 40},
	{DUPLICATE_EMAIL, "email", "email_norm", "lower($6::text)", 35},
	{DUPLICATE_ADDRESS_NAME, "address_name", "place_norm", PLACE, 25},
};
static const struct duplicate_key of_places[] = {{DUPLICATE_ADDRESS_NAME, "address_name", "place_norm", PLACE, 100}};

const struct duplicate_rules duplicate_rules[] = {
	{"leads", of_persons, COUNT_OF(of_persons), 5, "contact_id"},
	{"contacts", of_persons, COUNT_OF(of_persons), 5, NULL},
	{"properties", of_places, COUNT_OF(of_places), 3, NULL},
};
const size_t duplicate_rules_count = COUNT_OF(duplicate_rules);

const struct duplicate_rules *duplicate_rules_of(const struct entity *entity)
{
	for (size_t i = 0; i < duplicate_rules_count; i++)
		if (entity->table && strcmp(duplicate_rules[i].table, entity->table) == 0)
			return &duplicate_rules[i];
	return NULL;
}

static bool is_place(const struct duplicate_key *key)
{
	return key->reason == DUPLICATE_ADDRESS_NAME;
}

struct str duplicate_is_like(struct arena *arena, const struct duplicate_key *key)
{
	return arena_printf(arena, "r.%s = %s%s", key->column, key->value, is_place(key) ? LIKE_ZIP : "");
}

static struct str is_same(struct arena *arena, const struct duplicate_key *key)
{
	return arena_printf(arena, "coalesce(a.%s = b.%s%s, false)", key->column, key->column,
			    is_place(key) ? SAME_ZIP : "");
}

/* ---- words of a template ---- */

struct filling {
	struct buffer *out;
	const struct duplicate_rules *rules;
	const struct duplicate_key *key;
};

static void add_table(const struct filling *filling)
{
	buffer_printf(filling->out, "%s", filling->rules->table);
}

static void add_column(const struct filling *filling)
{
	buffer_printf(filling->out, "%s", filling->key->column);
}

static void add_columns(const struct filling *filling)
{
	for (size_t i = 0; i < filling->rules->count; i++)
		buffer_printf(filling->out, "r.%s, ", filling->rules->keys[i].column);
	BUFFER_LITERAL(filling->out, "r.zip");
}

static void add_reasons(const struct filling *filling)
{
	BUFFER_LITERAL(filling->out, "concat_ws(' '");
	for (size_t i = 0; i < filling->rules->count; i++)
		buffer_printf(filling->out, ", CASE WHEN %s THEN '%s' END",
			      is_same(filling->out->arena, &filling->rules->keys[i]).p, filling->rules->keys[i].word);
	BUFFER_LITERAL(filling->out, ")");
}

static void add_score(const struct filling *filling)
{
	for (size_t i = 0; i < filling->rules->count; i++)
		buffer_printf(filling->out, "%s%s::integer * %d", i ? " + " : "",
			      is_same(filling->out->arena, &filling->rules->keys[i]).p, filling->rules->keys[i].score);
}

static const struct {
	const char *word;
	void (*add)(const struct filling *);
} words[] = {
	{"{table}", add_table},     {"{column}", add_column}, {"{columns}", add_columns},
	{"{reasons}", add_reasons}, {"{score}", add_score},
};

struct str duplicate_sql(struct arena *arena, const struct duplicate_rules *rules, const struct duplicate_key *key,
			 const char *pattern)
{
	struct buffer out = BUFFER_IN(arena);
	struct filling filling = {&out, rules, key};

	while (*pattern) {
		size_t w = 0;

		while (w < COUNT_OF(words) && strncmp(pattern, words[w].word, strlen(words[w].word)) != 0)
			w++;
		if (w < COUNT_OF(words)) {
			words[w].add(&filling);
			pattern += strlen(words[w].word);
		} else {
			buffer_add_char(&out, *pattern++);
		}
	}
	return buffer_str(&out);
}
