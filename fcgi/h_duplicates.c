/* The queue of rows that look alike: side by side, to be merged or told apart. */
#include "fcgi/duplicate_view.h"
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/crm/entities.h"
#include "lib/text/url.h"

#define PAIRS_A_PAGE 20

/* What two rows are held against each other by, where the entity has it; 0: never a reason. */
static const struct {
	const char *field;
	unsigned reason;
} facts[] = {
	{"phone", DUPLICATE_PHONE},
	{"email", DUPLICATE_EMAIL},
	{"company", 0},
	{"address", DUPLICATE_ADDRESS_NAME},
	{"city", 0},
	{"zip", 0},
	{"type", 0},
	{"contact_id", 0},
	{"status", 0},
	{"owner_id", 0},
	{"created_at", 0},
};

static struct str list_url(struct context *c, const struct duplicate_query *query, struct str cursor)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	url_add_pair(&pairs, STR("entity"), str_from(query->entity->plural));
	if (!str_is(query->state, "open"))
		url_add_pair(&pairs, STR("state"), query->state);
	if (!str_absent(cursor))
		url_add_pair(&pairs, STR("cursor"), cursor);
	return arena_printf(c->arena, "/duplicates?%.*s", STR_FMT_ARG(buffer_str(&pairs)));
}

/* ---- one pair ---- */

static void put_side(struct context *c, const struct record *record, const char *name, struct value *map)
{
	struct value *side = value_put_map(map, name);

	value_put_str(side, "title", entity_title(record));
	value_put_url(side, "url", entity_row_path(c, record, ""));
}

static void put_facts(const struct record *first, const struct record *second, unsigned reasons, struct value *list)
{
	const struct entity *entity = record_entity(first);

	for (size_t i = 0; i < COUNT_OF(facts); i++) {
		int field = entity_field(entity, str_from(facts[i].field));
		struct str a = field < 0 ? STR_NONE : record_field_text(first, field),
			   b = field < 0 ? STR_NONE : record_field_text(second, field);
		struct value *map;

		if (a.n == 0 && b.n == 0)
			continue;
		map = value_map(value_arena(list));
		value_put_text(map, "label", entity->fields[field].label);
		value_put_str(map, "first", a.n ? a : STR_NONE);
		value_put_str(map, "second", b.n ? b : STR_NONE);
		value_put_bool(map, "same", facts[i].reason & reasons);
		value_append(list, map);
	}
}

static void put_badges(unsigned reasons, struct value *list)
{
	for (size_t i = 0; i < duplicate_reason_count; i++)
		if (reasons & duplicate_reasons[i].reason) {
			struct value *map = value_map(value_arena(list));

			value_put_text(map, "label", duplicate_reasons[i].label);
			value_append(list, map);
		}
}

static void put_pair(struct context *c, const struct duplicate_pair *pair, struct record *const *rows,
		     struct value *list)
{
	struct value *map = value_map(c->arena);
	struct str id = uuid_text(c->arena, pair->id);

	value_put_str(map, "id", id);
	put_side(c, rows[0], "a", map);
	put_side(c, rows[1], "b", map);
	value_put_bool(map, "same_name", pair->reasons & DUPLICATE_ADDRESS_NAME);
	put_badges(pair->reasons, value_put_list(map, "reasons"));
	put_facts(rows[0], rows[1], pair->reasons, value_put_list(map, "facts"));
	value_put_url(map, "compare_url",
		      arena_printf(c->arena, "%.*s?with=%.*s", STR_FMT_ARG(entity_row_path(c, rows[0], "/merge")),
				   STR_FMT_ARG(uuid_text(c->arena, pair->second))));
	value_put_url(map, "dismiss_url", arena_printf(c->arena, "/duplicates/%.*s/dismiss", STR_FMT_ARG(id)));
	value_put_url(map, "reopen_url", arena_printf(c->arena, "/duplicates/%.*s/reopen", STR_FMT_ARG(id)));
	value_append(list, map);
}

static enum err put_pairs(struct context *c, const struct duplicate_query *query)
{
	struct value *list = value_put_list(c->page, "pairs");
	struct duplicate_pair *pairs;
	struct record **rows, **there;
	size_t count, used = 0;
	bool more;

	TRY(duplicate_list(c->tx, query, &pairs, &count, &more));
	rows = arena_array(c->arena, 2 * count + 1, sizeof(struct record *));
	there = arena_array(c->arena, 2 * count + 1, sizeof(struct record *));
	TRY(duplicates_read_rows(c, pairs, count, rows));
	for (size_t i = 0; i < 2 * count; i++)
		if (rows[i])
			there[used++] = rows[i];
	if (used > 0)
		TRY(record_load_references(c->tx, there, used, false));
	for (size_t i = 0; i < count; i++)
		if (rows[2 * i] && rows[2 * i + 1])
			put_pair(c, &pairs[i], &rows[2 * i], list);
	value_put_bool(c->page, "has_pairs", value_count(list) > 0);
	value_put_bool(c->page, "has_next", more);
	value_put_url(c->page, "next_url",
		      more ? list_url(c, query, duplicate_place_text(c->arena, &pairs[count - 1]))
			   : STR("/duplicates"));
	return OK;
}

/* ---- the page ---- */

/* Where nothing was chosen: the first that has pairs. */
static const struct entity *first_with(const int64_t *counts)
{
	size_t at = 0;

	for (size_t i = 0; duplicate_entities[i] && counts[at] == 0; i++)
		at = counts[i] > 0 ? i : at;
	return entity_find(str_from(duplicate_entities[at]));
}

static void put_choices(struct context *c, const struct duplicate_query *query, const int64_t *counts)
{
	struct value *list = value_put_list(c->page, "choices");

	for (size_t i = 0; duplicate_entities[i]; i++) {
		struct duplicate_query other = {.entity = entity_find(str_from(duplicate_entities[i])),
						.state = query->state};
		struct value *map = value_map(c->arena);

		value_put_text(map, "label", other.entity->label_plural);
		value_put_str(map, "count",
			      arena_printf(c->arena, "%.*s%s", STR_FMT_ARG(page_number(c->arena, counts[i])),
					   counts[i] >= DUPLICATE_COUNT_MOST ? "+" : ""));
		value_put_bool(map, "any", counts[i] > 0);
		value_put_url(map, "url", list_url(c, &other, STR_NONE));
		value_put_bool(map, "active", other.entity == query->entity);
		value_append(list, map);
	}
}

static enum err put_search(struct context *c)
{
	struct duplicate_search search;

	TRY(duplicate_search_get(c->tx, &search));
	value_put_bool(c->page, "looking", search.looking);
	value_put_bool(c->page, "stuck", search.stuck);
	value_put_bool(c->page, "looked", search.finished_at != 0);
	page_put_time(c, c->page, "looked_when", search.finished_at);
	value_put_str(c->page, "found", page_number(c->arena, search.found));
	value_put_bool(c->page, "found_any", search.found > 0);
	return OK;
}

enum err duplicates_page(struct context *c)
{
	int64_t counts[8] = {0};
	struct duplicate_query query, other;

	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!duplicates_read_query(c, &query))
		c->errors = errors_new(c->arena);
	query.most = PAIRS_A_PAGE;
	TRY(duplicate_counts(c->tx, counts));
	if (!query.entity)
		query.entity = first_with(counts);
	other = query;
	other.state = str_is(query.state, "open") ? STR("dismissed") : STR("open");
	value_put_text(c->page, "title", "Duplicates");
	value_put_str(c->page, "what", entity_in_sentence(c, query.entity->label_plural));
	value_put_bool(c->page, "is_open", str_is(query.state, "open"));
	value_put_url(c->page, "here", list_url(c, &query, form_text(&c->query, "cursor")));
	value_put_url(c->page, "first_url", list_url(c, &query, STR_NONE));
	value_put_bool(c->page, "has_first", !uuid_is_zero(query.after.id));
	value_put_url(c->page, "other_url", list_url(c, &other, STR_NONE));
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	value_put_bool(c->page, "may_merge", context_may(c, CAN_DELETE));
	put_choices(c, &query, counts);
	TRY(put_search(c));
	return put_pairs(c, &query);
}

/* ---- what is done ---- */

enum err duplicate_dismiss_page(struct context *c)
{
	struct duplicate_pair pair;

	TRY(duplicate_decide(c->tx, c->id, "dismissed", &pair));
	return context_redirect_back(c, STR("/duplicates"), "duplicate_dismissed");
}

enum err duplicate_reopen_page(struct context *c)
{
	struct duplicate_pair pair;

	TRY(duplicate_decide(c->tx, c->id, "open", &pair));
	return context_redirect_back(c, STR("/duplicates"), "duplicate_reopened");
}

enum err duplicates_search_page(struct context *c)
{
	TRY(duplicate_search_request(c->tx));
	return context_redirect_back(c, STR("/duplicates"), "duplicates_looking");
}
