#include "fcgi/duplicate_view.h"

#include "fcgi/entity_view.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/contact.h"
#include "lib/crm/entities.h"
#include "lib/entity/insert_many.h"
#include "lib/entity/local_time.h"

/* ---- before a row is made ---- */

void duplicates_put_none(struct context *c)
{
	value_put_bool(c->page, "has_alike", false);
}

static enum err put_alike(struct context *c, const struct entity *entity, struct rows *sent, struct value *list)
{
	struct duplicate *found;
	size_t count;

	TRY(duplicate_read(c->tx, sent, &found, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);
		struct str id = uuid_text(c->arena, found[i].id);

		value_put_str(map, "id", id);
		value_put_str(map, "title", found[i].title);
		value_put_str(map, "since", local_date(c->arena, found[i].created_at));
		value_put_str(map, "reasons", duplicate_reasons_in_words(c->arena, found[i].reasons));
		value_put_url(map, "url", arena_printf(c->arena, "/%s/%.*s", entity->plural, STR_FMT_ARG(id)));
		value_append(list, map);
	}
	return OK;
}

enum err duplicates_warn(struct context *c, struct record *record)
{
	struct value *duplicates = value_put_list(c->page, "duplicates"), *known = value_put_list(c->page, "known");
	const char *contact = duplicate_contact_field(c->entity);
	struct str chosen = form_text(&c->form, DUPLICATES_FOR_CONTACT);
	struct rows *alike, *contacts;
	struct uuid id;
	bool told = !str_absent(form_text(&c->form, DUPLICATES_ANYWAY)) || (contact && chosen.n);

	value_put_bool(c->page, "has_alike", false);
	if (contact && chosen.n && !uuid_parse(chosen, &id)) {
		errors_add(c->errors, contact, "not_an_id", "There is no such contact.");
		return E_INVALID;
	}
	if (contact && chosen.n)
		record_set_text(record, contact, chosen);
	alike = told ? NULL : duplicate_send(c->tx, c->entity, record);
	contacts = told ? NULL : duplicate_contacts_send(c->tx, record);
	TRY(put_alike(c, c->entity, alike, duplicates));
	TRY(put_alike(c, &contact_entity, contacts, known));
	value_put_bool(c->page, "has_duplicates", value_count(duplicates) > 0);
	value_put_bool(c->page, "has_known", value_count(known) > 0);
	if (value_count(duplicates) + value_count(known) == 0)
		return OK;
	value_put_bool(c->page, "has_alike", true);
	return E_CONFLICT;
}

void duplicates_put_reasons(unsigned reasons, struct value *list)
{
	for (size_t i = 0; i < duplicate_reason_count; i++)
		if (reasons & duplicate_reasons[i].reason)
			value_append(list, value_text(value_arena(list), duplicate_reasons[i].word));
}

static enum err refuse(struct context *c, const struct duplicate *found, size_t count)
{
	struct value *list;

	c->problem = value_map(c->arena);
	list = value_put_list(c->problem, "duplicates");
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		value_put_str(map, "id", uuid_text(c->arena, found[i].id));
		duplicates_put_reasons(found[i].reasons, value_put_list(map, "reasons"));
		value_append(list, map);
	}
	errors_add(c->errors, NULL, "duplicate", "There %s already that %s like this one.",
		   count == 1 ? "is a row" : "are rows", count == 1 ? "is" : "are");
	return E_CONFLICT;
}

enum err duplicates_ask(struct context *c, const struct record *record, struct duplicates_asked *asked)
{
	struct str wish = form_text(&c->query, "duplicates");
	struct duplicate *found;
	size_t count;

	*asked = (struct duplicates_asked){NULL, NULL};
	if (!duplicate_fits(c->entity))
		return OK;
	if (!str_absent(wish) && !str_is(wish, "refuse") && !str_is(wish, "allow")) {
		errors_add(c->errors, "duplicates", "not_a_choice", "duplicates is allow or refuse.");
		return E_INVALID;
	}
	asked->alike = duplicate_send(c->tx, c->entity, record);
	asked->contacts = duplicate_contacts_send(c->tx, record);
	if (!str_is(wish, "refuse"))
		return OK;
	TRY(duplicate_read(c->tx, asked->alike, &found, &count));
	asked->alike = NULL;
	return count > 0 ? refuse(c, found, count) : OK;
}

/* </api/leads/ID>; rel="duplicate"; reasons="phone email" */
static enum err add_links(struct context *c, const struct entity *entity, const char *relation, struct rows *sent,
			  struct buffer *links)
{
	struct duplicate *found;
	size_t count;

	TRY(duplicate_read(c->tx, sent, &found, &count));
	for (size_t i = 0; i < count; i++) {
		const char *between = "";

		buffer_printf(links, "%s</api/%s/%.*s>; rel=\"%s\"; reasons=\"", links->length ? ", " : "",
			      entity->plural, STR_FMT_ARG(uuid_text(c->arena, found[i].id)), relation);
		for (size_t r = 0; r < duplicate_reason_count; r++)
			if (found[i].reasons & duplicate_reasons[r].reason) {
				buffer_printf(links, "%s%s", between, duplicate_reasons[r].word);
				between = " ";
			}
		buffer_add_char(links, '"');
	}
	return OK;
}

enum err duplicates_link(struct context *c, const struct duplicates_asked *asked)
{
	struct buffer links = BUFFER_IN(c->arena);

	TRY(add_links(c, c->entity, "duplicate", asked->alike, &links));
	TRY(add_links(c, &contact_entity, "contact", asked->contacts, &links));
	if (links.length)
		response_header(c->response, "Link", buffer_str(&links));
	return OK;
}

/* ---- the queue ---- */

void duplicates_put_pair(struct context *c, const struct duplicate_pair *pair, struct value *map)
{
	value_put_str(map, "id", uuid_text(c->arena, pair->id));
	value_put_text(map, "entity", pair->entity->plural);
	value_put_str(map, "first_id", uuid_text(c->arena, pair->first));
	value_put_str(map, "second_id", uuid_text(c->arena, pair->second));
	duplicates_put_reasons(pair->reasons, value_put_list(map, "reasons"));
	value_put_int(map, "score", pair->score);
	value_put_str(map, "state", pair->state);
	value_put_int(map, "version", pair->version);
	value_put_str(map, "created_at", clock_rfc3339(c->arena, pair->created_at));
	value_put_str(map, "updated_at", clock_rfc3339(c->arena, pair->updated_at));
}

bool duplicates_read_query(struct context *c, struct duplicate_query *query)
{
	struct str entity = form_text(&c->query, "entity"), state = form_text(&c->query, "state"),
		   cursor = form_text(&c->query, "cursor");
	bool good = true;

	*query = (struct duplicate_query){.entity = entity.n ? entity_find(entity) : NULL,
					  .state = state.n ? state : STR("open")};
	if (entity.n && (!query->entity || !duplicate_fits(query->entity))) {
		errors_add(c->errors, "entity", "not_a_choice", "entity is leads, contacts or properties.");
		query->entity = NULL;
		good = false;
	}
	if (!str_is(query->state, "open") && !str_is(query->state, "dismissed")) {
		errors_add(c->errors, "state", "not_a_choice", "state is open or dismissed.");
		query->state = STR("open");
		good = false;
	}
	if (cursor.n && !duplicate_place_parse(cursor, &query->after)) {
		errors_add(c->errors, "cursor", "not_a_cursor",
			   "This cursor is not from this list. Start again without it.");
		query->after = (struct duplicate_place){0};
		good = false;
	}
	return good;
}

enum err duplicates_read_rows(struct context *c, const struct duplicate_pair *pairs, size_t count, struct record **rows)
{
	struct uuid *ids = arena_array(c->arena, 2 * count + 1, sizeof *ids);
	struct record **some = arena_array(c->arena, 2 * count + 1, sizeof *some);

	for (size_t e = 0; duplicate_entities[e]; e++) {
		const struct entity *entity = entity_find(str_from(duplicate_entities[e]));
		size_t used = 0;

		for (size_t i = 0; i < count; i++)
			if (pairs[i].entity == entity) {
				ids[used++] = pairs[i].first;
				ids[used++] = pairs[i].second;
			}
		if (used == 0)
			continue;
		TRY(entity_get_many(c->tx, entity, ids, used, false, some));
		used = 0;
		for (size_t i = 0; i < count; i++)
			if (pairs[i].entity == entity) {
				rows[2 * i] = some[used++];
				rows[2 * i + 1] = some[used++];
			}
	}
	return OK;
}
