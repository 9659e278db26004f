/* One search over every entity that has words to look for: the page, its type-ahead, which takes the same answer, and the API. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/utf8.h"
#include "lib/crm/entities.h"

#define SEARCH_LEAST 2 /* characters */
#define HITS_SHOWN 5   /* of one entity */
#define HITS_MOST 25   /* read of one: more are "25+" */
#define FACTS_SHOWN 3  /* behind a hit's name */

struct group {
	const struct entity *entity;
	struct list_query query;
	struct rows *sent;
	struct list_result found;
};

struct search {
	struct context *c;
	struct str q; /* absent: nothing was asked */
	size_t shown;
	struct group *groups;
	size_t count;
};

/* ---- what is asked ---- */

static void take_limit(struct search *search, struct str text)
{
	int64_t limit;

	if (!str_to_int64(text, &limit) || limit < 1 || limit > HITS_MOST)
		errors_add(search->c->errors, "limit", "out_of_range", "limit must be a whole number from 1 to %d.",
			   HITS_MOST);
	else
		search->shown = (size_t)limit;
}

/* Length and characters beyond this are checked as in a list. */
static void take_words(struct search *search, struct str text)
{
	struct str words = str_trim(text);

	if (words.n == 0)
		return;
	if (utf8_length(words) < SEARCH_LEAST)
		errors_add(search->c->errors, "q", "too_short", "Type at least %d characters.", SEARCH_LEAST);
	search->q = words;
}

static bool is_repeated(const struct form *form, const struct form_field *sent)
{
	for (const struct form_field *other = form->first; other && other != sent; other = other->next)
		if (str_equal(other->name, sent->name))
			return true;
	return false;
}

static enum err read_parameters(struct search *search)
{
	struct context *c = search->c;

	for (const struct form_field *field = c->query.first; field; field = field->next) {
		const char *name = arena_c_string(c->arena, utf8_prefix(field->name, 64));

		if (is_repeated(&c->query, field))
			errors_add(c->errors, name, "repeated", "This was sent twice.");
		else if (str_is(field->name, "q"))
			take_words(search, field->text);
		else if (str_is(field->name, "limit") && c->route->face == FACE_API)
			take_limit(search, field->text);
		else
			errors_add(c->errors, name, "unknown_field", "There is no parameter of this name.");
	}
	if (str_absent(search->q) && c->route->face == FACE_API && !errors_any(c->errors))
		errors_add(c->errors, "q", "required", "Say in q what to look for.");
	return errors_any(c->errors) ? E_INVALID : OK;
}

/* ---- finding ---- */

/* As the entity's own list would be asked: what it may not show is not found here either. */
static enum err send_group(struct search *search, const struct entity *entity)
{
	struct context *c = search->c;
	struct form_field q = {.name = STR("q"), .text = search->q};
	struct form_field limit = {.name = STR("limit"), .text = arena_printf(c->arena, "%d", HITS_MOST), .next = &q};
	struct form parameters = {&limit, 2};
	struct group *group = &search->groups[search->count];

	group->entity = entity;
	TRY(list_query_parse(c->arena, entity, &parameters, NULL, &group->query, c->errors));
	TRY(entity_list_send(c->tx, entity, &group->query, c->errors, &group->sent));
	search->count++;
	return OK;
}

/* All of it in one round trip: everything is sent before anything is waited for. */
static enum err find(struct search *search)
{
	struct context *c = search->c;

	search->groups = arena_array(c->arena, entities_count, sizeof *search->groups);
	for (size_t i = 0; i < entities_count; i++)
		if (entity_has_search(entities[i]))
			TRY(send_group(search, entities[i]));
	for (size_t i = 0; i < search->count; i++) {
		struct group *group = &search->groups[i];

		TRY(entity_list_read(c->tx, group->entity, &group->query, group->sent, &group->found));
	}
	return OK;
}

static enum err run(struct context *c, struct search *search)
{
	*search = (struct search){.c = c, .q = STR_NONE, .shown = HITS_SHOWN};
	TRY(read_parameters(search));
	return str_absent(search->q) ? OK : find(search);
}

/* ---- what was found ---- */

static bool tells_apart(const struct field *field)
{
	return (field->flags & FIELD_SEARCHABLE) && !(field->flags & (FIELD_INTERNAL | FIELD_WRITE_ONLY)) &&
	       (field->type == FIELD_TEXT || field->type == FIELD_EMAIL || field->type == FIELD_PHONE);
}

static bool holds_word(struct str text, struct str word)
{
	for (size_t i = 0; word.n > 0 && i + word.n <= text.n; i++)
		if (str_equal_nocase((struct str){text.p + i, word.n}, word))
			return true;
	return false;
}

static bool holds_any(struct str text, struct str words)
{
	while (!str_absent(words))
		if (holds_word(text, str_split(&words, ' ')))
			return true;
	return false;
}

/* "(512) 555-0123 · pat@example.com · Pat's Diner": what the row is known by beside its name, what was typed first. */
static struct str facts_of(const struct search *search, const struct record *record)
{
	const struct entity *entity = record_entity(record);
	struct str title = entity_title(record);
	struct buffer facts = BUFFER_IN(search->c->arena);
	size_t count = 0;

	for (size_t i = 0; i < 2 * entity->field_count && count < FACTS_SHOWN; i++) {
		size_t field = i % entity->field_count;
		bool typed = i < entity->field_count;
		struct str value;

		if (!tells_apart(&entity->fields[field]))
			continue;
		value = record_field_text(record, (int)field);
		if (value.n > 0 && !str_equal(value, title) && holds_any(value, search->q) == typed)
			buffer_printf(&facts, "%s%.*s", count++ ? " · " : "", STR_FMT_ARG(value));
	}
	return facts.length ? buffer_str(&facts) : STR_NONE;
}

static size_t shown_of(const struct search *search, const struct group *group)
{
	return group->found.count < search->shown ? group->found.count : search->shown;
}

static bool has_more(const struct group *group)
{
	return !str_absent(group->found.next_cursor);
}

/* ---- API ---- */

static void put_group(const struct search *search, const struct group *group, struct value *map)
{
	struct context *c = search->c;
	struct value *hits;

	value_put_text(map, "entity", group->entity->plural);
	value_put_text(map, "label", group->entity->label_plural);
	value_put_int(map, "count", (int64_t)group->found.count);
	value_put_bool(map, "more", has_more(group));
	hits = value_put_list(map, "hits");
	for (size_t i = 0; i < shown_of(search, group); i++) {
		const struct record *record = group->found.records[i];
		struct value *hit = value_map(c->arena);

		value_put_str(hit, "id", uuid_text(c->arena, record_id(record)));
		value_put_str(hit, "title", entity_title(record));
		value_put_str(hit, "facts", facts_of(search, record));
		value_append(hits, hit);
	}
}

enum err search_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct search search;

	TRY(run(c, &search));
	for (size_t i = 0; i < search.count; i++)
		if (search.groups[i].found.count > 0) {
			struct value *map = value_map(c->arena);

			put_group(&search, &search.groups[i], map);
			value_append(list, map);
		}
	return OK;
}

/* ---- page ---- */

static struct str icon_url(struct context *c, const struct entity *entity)
{
	return arena_printf(c->arena, "/static/icons.svg?v=%s#%s", c->app->config->static_version, entity->icon);
}

static void put_all(const struct search *search, const struct group *group, struct value *map)
{
	struct context *c = search->c;
	struct buffer pairs = BUFFER_IN(c->arena);

	url_add_pair(&pairs, STR("q"), search->q);
	value_put_bool(map, "has_all", group->found.count > search->shown);
	value_put_str(map, "all_words",
		      arena_printf(c->arena, "All %zu%s matching %.*s", group->found.count, has_more(group) ? "+" : "",
				   STR_FMT_ARG(entity_in_sentence(c, group->entity->label_plural))));
	value_put_url(map, "all_url",
		      arena_printf(c->arena, "/%s?%.*s", group->entity->plural, STR_FMT_ARG(buffer_str(&pairs))));
}

static struct value *page_group(const struct search *search, const struct group *group)
{
	struct context *c = search->c;
	struct value *map = value_map(c->arena), *hits;

	value_put_text(map, "label", group->entity->label_plural);
	value_put_url(map, "icon_url", icon_url(c, group->entity));
	put_all(search, group, map);
	hits = value_put_list(map, "hits");
	for (size_t i = 0; i < shown_of(search, group); i++) {
		struct value *hit = value_map(c->arena);

		entity_put_row(c, hit, group->found.records[i]);
		value_put_str(hit, "facts", facts_of(search, group->found.records[i]));
		value_append(hits, hit);
	}
	return map;
}

/* What there is to search, for a page that was not asked yet or found nothing. */
static void put_kinds(struct context *c)
{
	struct value *kinds = value_put_list(c->page, "kinds");

	for (size_t i = 0; i < entities_count; i++)
		if (entity_has_search(entities[i])) {
			struct value *kind = value_map(c->arena);

			value_put_text(kind, "label", entities[i]->label_plural);
			value_put_url(kind, "url", entity_list_path(c, entities[i]));
			value_put_url(kind, "icon_url", icon_url(c, entities[i]));
			value_append(kinds, kind);
		}
}

enum err search_page(struct context *c)
{
	struct value *groups = value_put_list(c->page, "groups");
	struct search search;
	enum err e = run(c, &search);
	size_t hits = 0;

	put_kinds(c);
	value_put_str(c->page, "q", str_absent(search.q) ? STR("") : search.q);
	for (size_t i = 0; e == OK && i < search.count; i++) {
		hits += shown_of(&search, &search.groups[i]);
		if (search.groups[i].found.count > 0)
			value_append(groups, page_group(&search, &search.groups[i]));
	}
	value_put_text(c->page, "title", "Search");
	value_put_bool(c->page, "found", hits > 0);
	value_put_bool(c->page, "asked", e == OK && !str_absent(search.q));
	value_put_str(c->page, "found_words", arena_printf(c->arena, "%zu hit%s shown", hits, hits == 1 ? "" : "s"));
	return e;
}
