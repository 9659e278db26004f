/*
 * What points at a row, on its page: for each reference of another entity to it a card with the newest rows, the way to
 * all of them and to a new one. All cards cost one round trip.
 */
#include "fcgi/h_related.h"
#include "fcgi/entity_view.h"
#include "fcgi/try.h"

#include "lib/crm/entities.h"
#include "lib/crm/timeline.h"

#define NEWEST 5
#define FACTS 3 /* beside the title */

struct card {
	const struct entity *entity;
	const struct field *field;
	struct list_query query;
	struct rows *sent;
};

struct related {
	struct context *c;
	struct str id;
	struct card *cards;
	size_t count;
};

static bool points_at(const struct field *field, const struct entity *entity)
{
	return field->type == FIELD_REFERENCE && (field->flags & FIELD_FILTERABLE) &&
	       !(field->flags & FIELD_INTERNAL) && strcmp(field->references, entity->table) == 0;
}

/* The timeline on the same page shows them already. */
static bool is_told(const struct entity *of, const struct entity *entity)
{
	for (size_t i = 0; i < timeline_shows_count; i++)
		if (timeline_shows[i].source && strcmp(timeline_shows[i].source, entity->table) == 0 &&
		    timeline_has(of, &timeline_shows[i]))
			return true;
	return false;
}

/* Thousands point at what a company works by, a stage or a cadence: its page shows its own parts. */
static bool is_crowd(const struct entity *of, const struct entity *entity)
{
	return entity_write_permission(of) == CAN_SETTINGS && entity_write_permission(entity) != CAN_SETTINGS;
}

/* An empty card invites to add one; not where nobody begins with that: a button makes a contact of a lead, and a campaign has its recipients. */
static bool invites(const struct entity *of, const struct entity *entity)
{
	static const struct {
		const char *of, *plural;
	} others[] = {{"leads", "contacts"}, {"leads", "campaign_recipients"}, {"contacts", "campaign_recipients"}};

	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (strcmp(of->plural, others[i].of) == 0 && strcmp(entity->plural, others[i].plural) == 0)
			return false;
	return true;
}

/* Newest first, where the entity can be sorted by that. */
static enum err card_send(struct related *related, struct card *card)
{
	struct context *c = related->c;
	int created = entity_field(card->entity, STR("created_at"));
	bool newest = created >= 0 && (card->entity->fields[created].flags & FIELD_SORTABLE);
	struct form_field sort = {.name = STR("sort"), .text = STR("-created_at")};
	struct form_field filter = {
		.name = str_from(card->field->name), .text = related->id, .next = newest ? &sort : NULL};
	struct form form = {&filter, newest ? 2 : 1};

	TRY(list_query_parse(c->arena, card->entity, &form, NULL, &card->query, c->errors));
	card->query.limit = NEWEST;
	return entity_list_send(c->tx, card->entity, &card->query, c->errors, &card->sent);
}

/* Names the row already. */
static bool is_title(const struct record *record, const struct field *field)
{
	const struct entity *entity = record_entity(record);

	if (strcmp(field->name, entity->title_field) == 0)
		return true;
	return entity->title_instead && strcmp(field->name, entity->title_instead) == 0 &&
	       str_absent(record_text(record, entity->title_field));
}

/* What the list shows of the row beside its title, as far as it needs no other row. */
static void put_facts(struct value *row, const struct record *record, const struct field *without)
{
	const struct entity *entity = record_entity(record);
	struct value *facts = value_put_list(row, "facts");
	int columns[FACTS];
	size_t count = 0;

	for (size_t i = 0; i < entity->field_count && count < FACTS; i++) {
		const struct field *field = &entity->fields[i];

		if ((field->flags & FIELD_LISTED) && field != without && field->type != FIELD_REFERENCE &&
		    !is_title(record, field) && record_get(record, (int)i).n > 0)
			columns[count++] = (int)i;
	}
	record_cells_of(record, columns, count, facts);
}

static enum err card_read(struct related *related, struct card *card, struct value *map)
{
	struct context *c = related->c;
	const struct entity *entity = card->entity;
	struct value *rows = value_put_list(map, "rows");
	struct list_result result;

	TRY(entity_list_read(c->tx, entity, &card->query, card->sent, &result));
	for (size_t i = 0; i < result.count; i++) {
		struct value *row = value_map(c->arena);

		value_put_url(row, "url", entity_row_path(c, result.records[i], ""));
		value_put_str(row, "title", entity_title(result.records[i]));
		put_facts(row, result.records[i], card->field);
		value_append(rows, row);
	}
	value_put_bool(map, "has_rows", result.count > 0);
	value_put_bool(map, "has_more", !str_absent(result.next_cursor));
	return OK;
}

/* Two references of one entity to the same row need more than its name. */
static const char *card_label(const struct related *related, const struct card *card)
{
	for (size_t i = 0; i < related->count; i++)
		if (&related->cards[i] != card && related->cards[i].entity == card->entity)
			return arena_printf(related->c->arena, "%s: %s", card->entity->label_plural, card->field->label)
				.p;
	return card->entity->label_plural;
}

static void put_words(const struct related *related, const struct card *card, struct value *map)
{
	struct context *c = related->c;
	const struct entity *entity = card->entity;
	bool takes = !(card->field->flags & FIELD_READ_ONLY);

	value_put_text(map, "label", card_label(related, card));
	value_put_str(map, "label_all", entity_in_sentence(c, entity->label_plural));
	value_put_str(map, "label_one", entity_in_sentence(c, entity->label));
	value_put_bool(map, "may_add", takes && context_may(c, entity_write_permission(entity)));
	value_put_url(
		map, "all_url",
		arena_printf(c->arena, "/%s?%s=%.*s", entity->plural, card->field->name, STR_FMT_ARG(related->id)));
	value_put_url(map, "new_url",
		      arena_printf(c->arena, "/%s/new?%s=%.*s&return=%.*s", entity->plural, card->field->name,
				   STR_FMT_ARG(related->id), STR_FMT_ARG(c->request->path)));
}

enum err related_put(struct context *c, const struct record *record)
{
	const struct entity *entity = record_entity(record);
	struct related related = {.c = c, .id = uuid_text(c->arena, record_id(record))};
	struct value *list = value_put_list(c->page, "related");
	size_t most = 0;

	for (size_t e = 0; e < entities_count; e++)
		most += entities[e]->field_count;
	related.cards = arena_array(c->arena, most, sizeof *related.cards);
	for (size_t e = 0; e < entities_count; e++)
		for (size_t i = 0; i < entities[e]->field_count; i++)
			if (points_at(&entities[e]->fields[i], entity) && !is_told(entity, entities[e]) &&
			    !is_crowd(entity, entities[e]))
				related.cards[related.count++] =
					(struct card){.entity = entities[e], .field = &entities[e]->fields[i]};
	for (size_t i = 0; i < related.count; i++)
		TRY(card_send(&related, &related.cards[i]));
	for (size_t i = 0; i < related.count; i++) {
		struct value *map = value_map(c->arena);

		put_words(&related, &related.cards[i], map);
		TRY(card_read(&related, &related.cards[i], map));
		if (value_count(value_get(map, STR("rows"))) > 0 || invites(entity, related.cards[i].entity))
			value_append(list, map);
	}
	return OK;
}
