/* Every stored entity over JSON. */
#include "fcgi/duplicate_view.h"
#include "fcgi/handlers.h"
#include "fcgi/list_page.h"
#include "fcgi/merge_view.h"
#include "fcgi/try.h"

#include "lib/entity/filter.h"

static bool asks_who_asks(const struct list_query *query)
{
	for (size_t i = 0; i < query->filter_count; i++)
		if (query->filters[i].is_me)
			return true;
	return false;
}

void entity_list_ahead(struct context *c)
{
	const struct entity *entity = c->entity;
	struct errors *errors = errors_new(c->arena);
	struct ahead *ahead = ARENA_NEW(c->arena, struct ahead);

	/*
	 * A search may cost much: that is for those who may ask it. What is wrong with the query is the handler's to say,
	 * and who asks is not known yet.
	 */
	if (entity->visible || list_query_parse(c->arena, entity, &c->query, NULL, &ahead->query, errors) != OK ||
	    !str_absent(ahead->query.q) || asks_who_asks(&ahead->query) ||
	    entity_list_send(c->tx, entity, &ahead->query, errors, &ahead->sent) != OK)
		return;
	ttx_last(c->tx);
	c->ahead = ahead;
}

/* How many there are is counted for those who ask: to a cap, or as far as the time limit goes. */
static enum err put_count(struct context *c, const struct list_query *query)
{
	struct str how = form_text(&c->query, "count");
	bool exact = str_is(how, "exact"), late = true;
	int64_t count = 0;

	if (str_absent(how))
		return OK;
	if (exact)
		TRY(list_count_all(c, c->entity, query, &count, &late));
	if (late)
		TRY(entity_count(c->tx, c->entity, query, LIST_COUNT_CAP + 1, &count));
	late = late && count > LIST_COUNT_CAP;
	value_put_int(c->data, "count", late ? LIST_COUNT_CAP : count);
	value_put_bool(c->data, "count_is_exact", !late);
	return OK;
}

static enum err list_asked(struct context *c, struct list_query *query)
{
	static const char *const also[] = {"count", NULL};
	struct str how = form_text(&c->query, "count");

	if (!str_absent(how) && !str_is(how, "capped") && !str_is(how, "exact"))
		errors_add(c->errors, "count", "not_a_choice", "count is capped or exact.");
	TRY(list_query_parse(c->arena, c->entity, &c->query, also, query, c->errors));
	return errors_any(c->errors) ? E_INVALID : OK;
}

enum err entity_list_api(struct context *c)
{
	const struct entity *entity = c->entity;
	struct list_query query;
	struct list_result result;

	if (c->ahead) {
		TRY(entity_list_read(c->tx, entity, &c->ahead->query, c->ahead->sent, &result));
	} else {
		TRY(list_asked(c, &query));
		if (!form_find(&c->query, "count"))
			ttx_last(c->tx);
		TRY(entity_list(c->tx, entity, &query, c->errors, &result));
		TRY(put_count(c, &query));
	}
	value_put(c->data, "data", records_to_json(c->arena, result.records, result.count));
	value_put_str(c->data, "next_cursor", result.next_cursor);
	return OK;
}

/* The row as the answer, with its ETag. */
static enum err answer(struct context *c, const struct record *record)
{
	record_to_value(record, c->data);
	context_etag(c, record_version(record));
	return OK;
}

enum err entity_create_api(struct context *c)
{
	const struct entity *entity = c->entity;
	struct record *record = record_new(c->arena, entity);
	char id[UUID_TEXT_LENGTH + 1];
	struct duplicates_asked asked;

	TRY(record_from_json(record, WRITE_CREATE, c->json, c->errors));
	TRY(duplicates_ask(c, record, &asked));
	TRY(entity_insert(c->tx, record, c->errors));
	TRY(duplicates_link(c, &asked));
	uuid_print(record_id(record), id);
	response_header(c->response, "Location", arena_printf(c->arena, "/api/%s/%s", entity->plural, id));
	return answer(c, record);
}

/* The first transaction has ended with its one statement. */
static enum err look_where_it_went(struct context *c)
{
	struct ttx_actor actor = *ttx_actor(c->tx);

	if (!merge_fits(c->entity))
		return E_NOTFOUND;
	ttx_rollback(c->tx);
	c->tx = ttx_begin(c->app->app_pg, c->arena, c->tenant->scope, TX_READ);
	ttx_set_actor(c->tx, actor);
	return merge_forward(c, c->entity, c->id);
}

enum err entity_get_api(struct context *c)
{
	struct record *record;
	enum err e;

	ttx_last(c->tx);
	e = entity_get(c->tx, c->entity, c->id, &record);
	return e == OK ? answer(c, record) : e == E_NOTFOUND ? look_where_it_went(c) : e;
}

enum err entity_update_api(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, c->entity);

	TRY(entity_get(c->tx, c->entity, c->id, &current));
	TRY(context_if_match(c, record_version(current), true));
	TRY(record_from_json(change, WRITE_UPDATE, c->json, c->errors));
	TRY(entity_update(c->tx, current, change, c->errors, &updated));
	return answer(c, updated);
}

enum err entity_delete_api(struct context *c)
{
	struct str forever = form_text(&c->query, "forever");
	struct record *current;
	enum err e;

	if (str_is(forever, "true"))
		return entity_erase_api(c);
	if (!str_absent(forever) && !str_is(forever, "false")) {
		errors_add(c->errors, "forever", "not_a_choice", "forever is true or false.");
		return E_INVALID;
	}
	TRY(entity_get(c->tx, c->entity, c->id, &current));
	TRY(context_if_match(c, record_version(current), false));
	e = entity_delete(c->tx, current, c->errors);
	if (e == E_CONFLICT && !errors_any(c->errors))
		return context_fail(c, e, "Other records belong to this one. Delete or move them first.");
	return e;
}
