/* Bulk actions as a page: what to do, whether to do it, and the way back. */
#include "fcgi/bulk.h"
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/list_page.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

struct bulk_page {
	struct context *c;
	struct bulk bulk;
	struct bulk_offer offers[BULK_OFFERS_MOST];
	struct reference_choices choices[BULK_OFFERS_MOST];
	size_t offer_count;
	struct str query; /* of the list it came from */
	int64_t count;    /* to BULK_MOST + 1 */
	bool loses;
};

/* ---- what was sent ---- */

/* The rows that were ticked. */
static enum err read_ticked(struct bulk_page *page)
{
	struct context *c = page->c;
	struct value *kept = value_put_list(c->page, "ids");
	struct buffer ids = BUFFER_IN(c->arena);

	for (const struct form_field *id = form_find(&c->form, "id"); id; id = form_find_next(id, "id")) {
		struct uuid row;

		if (!uuid_parse(id->text, &row))
			return E_MALFORMED;
		buffer_add_char(&ids, ids.length ? ',' : '{');
		buffer_add_str(&ids, uuid_text(c->arena, row));
		value_append(kept, value_str(c->arena, uuid_text(c->arena, row)));
	}
	if (str_is(form_text(&c->form, "scope"), "ids")) {
		buffer_add_str(&ids, ids.length ? STR("}") : STR("{}"));
		page->bulk.ids = buffer_str(&ids);
	}
	return OK;
}

static enum err read_choices(struct bulk_page *page)
{
	struct context *c = page->c;
	struct rows *sent[BULK_OFFERS_MOST] = {NULL};

	page->offer_count = bulk_offers_to(c, page->bulk.entity, page->offers);
	for (size_t i = 0; i < page->offer_count; i++) {
		const struct field *field =
			page->offers[i].kind != BULK_DELETE ? &page->bulk.entity->fields[page->offers[i].field] : NULL;

		if (field && (field->type == FIELD_REFERENCE || field->type == FIELD_TAGS))
			sent[i] = reference_choices_send(c->tx, field);
	}
	for (size_t i = 0; i < page->offer_count; i++)
		if (sent[i])
			TRY(reference_choices_read(c->tx, sent[i], &page->choices[i]));
	return OK;
}

static enum err read_page(struct bulk_page *page)
{
	struct context *c = page->c;

	page->bulk = (struct bulk){.entity = bulk_address_entity(c), .ids = STR_NONE};
	page->query = c->request->method == METHOD_POST ? form_text(&c->form, "query") : c->request->query;
	if (str_absent(page->query))
		page->query = STR("");
	TRY(bulk_read_query(c, page->bulk.entity, page->query, &page->bulk.query));
	TRY(read_ticked(page));
	TRY(read_choices(page));
	return bulk_count(c->tx, &page->bulk, &page->count);
}

/* ---- what is shown ---- */

static struct str rows_in_words(const struct bulk_page *page, int64_t count)
{
	const struct entity *entity = page->bulk.entity;
	struct arena *arena = page->c->arena;

	return arena_printf(
		arena, "%.*s %.*s", STR_FMT_ARG(page_number(arena, count)),
		STR_FMT_ARG(entity_in_sentence(page->c, count == 1 ? entity->label : entity->label_plural)));
}

static void add_option(struct value *list, struct str value, struct str label)
{
	struct value *option = value_map(value_arena(list));

	value_put_str(option, "value", value);
	value_put_str(option, "label", label);
	value_append(list, option);
}

/* A row without a stage would get one at once. */
static bool takes_nobody(const struct field *field)
{
	return field->type == FIELD_REFERENCE && strcmp(field->references, "tenant_users") == 0 &&
	       !(field->flags & (FIELD_REQUIRED | FIELD_FILLED));
}

static void add_options(const struct bulk_page *page, size_t offer, const struct field *field, struct value *options)
{
	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		add_option(options, str_from(choice->value), str_from(choice->label));
	if (takes_nobody(field))
		add_option(options, STR(""), STR("Nobody"));
	for (size_t k = 0; k < page->choices[offer].count; k++)
		add_option(options, page->choices[offer].ids[k], page->choices[offer].labels[k]);
}

/* What has nothing to choose from, such as tags where there are none, is not offered. */
static void put_offers(struct bulk_page *page)
{
	struct context *c = page->c;
	struct value *list = value_put_list(c->page, "offers");

	for (size_t i = 0; i < page->offer_count; i++) {
		const struct bulk_offer *offer = &page->offers[i];
		const struct field *field =
			offer->kind != BULK_DELETE ? &page->bulk.entity->fields[offer->field] : NULL;
		struct value *map = value_map(c->arena), *options = value_put_list(map, "options");

		if (field)
			add_options(page, i, field, options);
		if (field && value_count(options) == 0)
			continue;
		value_put_text(map, "action", offer->action);
		value_put_text(map, "label", offer->label);
		value_put_bool(map, "first", value_count(list) == 0);
		value_put_bool(map, "has_options", field != NULL);
		value_append(list, map);
	}
}

static void put_page(struct bulk_page *page)
{
	struct context *c = page->c;
	const struct entity *entity = page->bulk.entity;

	value_put_str(
		c->page, "title",
		arena_printf(c->arena, "Change %.*s", STR_FMT_ARG(rows_in_words(page, bulk_at_once(page->count)))));
	value_put_bool(c->page, "is_confirm", false);
	value_put_bool(c->page, "is_delete", false);
	value_put_bool(c->page, "has_rows", page->count > 0);
	value_put_bool(c->page, "too_many", page->count > BULK_MOST);
	value_put_str(c->page, "most", page_number(c->arena, BULK_MOST));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_url(c->page, "action_url", arena_printf(c->arena, "/%s/bulk", entity->plural));
	value_put_url(c->page, "list_url",
		      arena_printf(c->arena, "/%s%s%.*s", entity->plural, page->query.n ? "?" : "",
				   STR_FMT_ARG(page->query)));
	value_put_str(c->page, "query", page->query);
	value_put_text(c->page, "scope", str_absent(page->bulk.ids) ? "all" : "ids");
	put_offers(page);
}

/* ---- the question ---- */

/* What stands for the target in the question: "Won", "Dana Whitfield"; absent when it is none that is offered. */
static struct str target_label(const struct bulk_page *page, size_t index)
{
	const struct field *field = &page->bulk.entity->fields[page->bulk.offer.field];
	const struct reference_choices *choices = &page->choices[index];

	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		if (str_is(page->bulk.target, choice->value))
			return str_from(choice->label);
	for (size_t i = 0; i < choices->count; i++)
		if (str_equal(page->bulk.target, choices->ids[i]))
			return choices->labels[i];
	return page->bulk.target.n == 0 && takes_nobody(field) ? STR("nobody") : STR_NONE;
}

/* "Move 12 leads to Won": the question without its mark, and what stands on the button. */
static struct str in_words(const struct bulk_page *page, struct str target)
{
	const struct bulk_offer *offer = &page->bulk.offer;
	struct str rows = rows_in_words(page, bulk_at_once(page->count));
	struct str first = offer->rows_last ? target : rows, second = offer->rows_last ? rows : target;

	return arena_printf(page->c->arena, "%s%.*s%s%.*s", offer->begin, STR_FMT_ARG(first), offer->middle,
			    STR_FMT_ARG(second));
}

/* The action that was chosen; E_INVALID when it is not one that is offered. */
static enum err read_action(struct bulk_page *page, struct str *words)
{
	struct context *c = page->c;
	struct str action = form_text(&c->form, "action"), label = STR("");
	size_t i = 0;

	while (i < page->offer_count && !str_is(action, page->offers[i].action))
		i++;
	if (i == page->offer_count) {
		errors_add(c->errors, "action", "required", "Choose what is to be done.");
		return E_INVALID;
	}
	page->bulk.offer = page->offers[i];
	if (page->bulk.offer.kind != BULK_DELETE) {
		page->bulk.target = form_text(&c->form, arena_printf(c->arena, "target.%.*s", STR_FMT_ARG(action)).p);
		label = target_label(page, i);
	}
	if (str_absent(label)) {
		errors_add(c->errors, "action", "not_a_choice", "Choose one of those that are offered.");
		return E_INVALID;
	}
	if (page->bulk.target.n == 0)
		page->bulk.target = STR_NONE;
	*words = in_words(page, label);
	TRY(bulk_loses(c, &page->bulk, &page->loses));
	if (page->loses)
		page->bulk.reason = form_text(&c->form, "reason");
	return OK;
}

static void put_question(struct bulk_page *page, struct str words)
{
	struct context *c = page->c;
	const struct field_error *error = errors_for(c->errors, "lost_reason");

	value_put_bool(c->page, "is_confirm", true);
	value_put_str(c->page, "title", arena_printf(c->arena, "%.*s?", STR_FMT_ARG(words)));
	value_put_str(c->page, "button", words);
	value_put_int(c->page, "count", page->count);
	value_put_text(c->page, "action", page->bulk.offer.action);
	value_put_str(c->page, "target", str_absent(page->bulk.target) ? STR("") : page->bulk.target);
	value_put_bool(c->page, "asks_reason", page->loses);
	value_put_str(c->page, "reason", page->bulk.reason.n ? page->bulk.reason : STR(""));
	value_put_str(c->page, "reason_error", error ? error->message : STR_NONE);
	value_put_bool(c->page, "is_delete", page->bulk.offer.kind == BULK_DELETE);
}

/* What was agreed to is done to as many rows as were told, or it is asked again. */
static enum err check_count(const struct bulk_page *page)
{
	int64_t told;

	if (str_to_int64(form_text(&page->c->form, "count"), &told) && told == page->count)
		return OK;
	errors_add(page->c->errors, NULL, "changed", "Meanwhile it is another number of rows. Do you still want this?");
	return E_CONFLICT;
}

/* Back to the list, which offers the way back. */
static enum err done(struct bulk_page *page, const struct bulk_result *result)
{
	struct context *c = page->c;
	struct buffer pairs = BUFFER_IN(c->arena);

	buffer_add_str(&pairs, page->query);
	url_add_pair(&pairs, STR("bulk"), uuid_text(c->arena, result->id));
	return context_redirect(
		c, arena_printf(c->arena, "/%s?%.*s", page->bulk.entity->plural, STR_FMT_ARG(buffer_str(&pairs))));
}

enum err bulk_page(struct context *c)
{
	struct bulk_page page = {.c = c};
	struct bulk_result result;
	struct str words;
	enum err e;

	TRY(read_page(&page));
	put_page(&page);
	if (c->request->method != METHOD_POST || str_absent(form_text(&c->form, "action")))
		return OK;
	TRY(read_action(&page, &words));
	put_question(&page, words);
	if (!str_is(form_text(&c->form, "go"), "yes"))
		return OK;
	TRY(check_count(&page));
	e = bulk_run(c->tx, &page.bulk, c->errors, &result);
	if (e == OK)
		return done(&page, &result);
	put_question(&page, words);
	return e;
}

/* Back to the list as it was, with the numbers of it. */
enum err bulk_undo_page(struct context *c)
{
	struct str back = context_return_path(c);
	const struct entity *entity;
	int64_t undone, left;

	TRY(bulk_may_undo(c, c->id, &entity));
	TRY(bulk_undo(c->tx, entity, c->id, c->errors, &undone, &left));
	if (str_absent(back))
		back = entity_list_path(c, entity);
	return context_redirect(c, arena_printf(c->arena, "%.*s%cundone=%lld&left=%lld", STR_FMT_ARG(back),
						memchr(back.p, '?', back.n) ? '&' : '?', (long long)undone,
						(long long)left));
}

/* ---- the news above the list ---- */

static enum err put_done(struct context *c, const struct entity *entity, struct uuid id)
{
	struct value *map;
	struct bulk_done done;
	struct str query;
	enum err e = bulk_get(c->tx, id, &done);

	if (e != OK || !str_is(done.entity, entity->plural) || done.undone)
		return e == E_NOTFOUND ? OK : e;
	map = value_put_map(c->page, "bulk_done");
	value_put_str(map, "words",
		      arena_printf(c->arena, "%.*s %s.", STR_FMT_ARG(page_number(c->arena, done.rows)),
				   str_is(done.action, "delete") ? "moved to the trash" : "changed"));
	value_put_url(map, "undo_url", arena_printf(c->arena, "/bulk/%.*s/undo", STR_FMT_ARG(uuid_text(c->arena, id))));
	query = list_page_query(c);
	value_put_str(map, "return",
		      arena_printf(c->arena, "/%s%s%.*s", entity->plural, query.n ? "?" : "", STR_FMT_ARG(query)));
	return OK;
}

enum err bulk_put_news(struct context *c, const struct entity *entity)
{
	struct str bulk = form_text(&c->query, "bulk");
	int64_t undone, left;
	struct uuid id;

	value_put(c->page, "bulk_done", value_null(c->arena));
	value_put(c->page, "bulk_undone", value_null(c->arena));
	if (uuid_parse(bulk, &id))
		return put_done(c, entity, id);
	if (str_to_int64(form_text(&c->query, "undone"), &undone) &&
	    str_to_int64(form_text(&c->query, "left"), &left) && undone >= 0 && left >= 0)
		value_put_str(c->page, "bulk_undone",
			      left ? arena_printf(c->arena,
						  "Taken back: %lld. Changed again since and left as they are: %lld.",
						  (long long)undone, (long long)left)
				   : arena_printf(c->arena, "Taken back: %lld.", (long long)undone));
	return OK;
}
