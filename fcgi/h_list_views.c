/* Saved views: a list's address under a name, kept for oneself or for everybody. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/list_page.h"
#include "fcgi/try.h"

#include "lib/crm/entities.h"
#include "lib/crm/list_view.h"
#include "lib/crm/saved_view.h"

/* ---- above the list ---- */

/* Written as the page's own addresses are, so that the view in use is known by its words. */
static struct str canonical(struct context *c, struct str query)
{
	struct buffer pairs = BUFFER_IN(c->arena);
	struct form form;
	struct str why;

	if (form_parse_urlencoded(c->arena, query, &form_limits_request, &form, &why) != OK)
		return STR("");
	for (const struct form_field *field = form.first; field; field = field->next)
		if (field->text.n > 0)
			url_add_pair(&pairs, field->name, field->text);
	return buffer_str(&pairs);
}

static struct str view_url(struct context *c, const char *plural, struct str query)
{
	return arena_printf(c->arena, "/%s%s%.*s", plural, query.n ? "?" : "", STR_FMT_ARG(query));
}

static struct str edit_url(struct context *c, struct uuid id, const char *suffix)
{
	return arena_printf(c->arena, "/saved_views/%.*s/%s", STR_FMT_ARG(uuid_text(c->arena, id)), suffix);
}

/* Whoever made it, and who may settle things for everybody. */
static bool may_change(const struct context *c, bool is_own)
{
	return context_may(c, CAN_WRITE) && (is_own || context_may(c, CAN_SETTINGS));
}

static struct value *put_view(struct list_page *page, const struct list_view *view, struct str now)
{
	struct context *c = page->c;
	struct str query = canonical(c, view->query);
	struct value *map = value_map(c->arena);
	bool active = str_equal(query, now);

	value_put_str(map, "name", view->name);
	value_put_url(map, "url", view_url(c, page->entity->plural, query));
	value_put_bool(map, "is_shared", view->is_shared);
	value_put_bool(map, "active", active);
	value_put_url(map, "save_url", edit_url(c, view->id, "here"));
	value_put_url(map, "delete_url", edit_url(c, view->id, "remove"));
	value_put_bool(map, "may_change", may_change(c, view->is_own));
	return map;
}

void list_views_page_send(struct list_page *page)
{
	page->views_sent = list_views_send(page->c->tx, page->entity->plural, page->c->principal->user_id);
}

enum err list_views_page_read(struct list_page *page)
{
	struct context *c = page->c;
	struct str now = list_page_query(c);
	struct value *list = value_put_list(c->page, "views"), *active = NULL;
	struct list_view *views;
	size_t count;

	TRY(list_views_read(c->tx, page->views_sent, &views, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *view = put_view(page, &views[i], now);

		if (!active && value_as_bool(value_get(view, STR("active"))))
			active = view;
		value_append(list, view);
	}
	value_put(c->page, "view",
		  active && value_as_bool(value_get(active, STR("may_change"))) ? active : value_null(c->arena));
	value_put_bool(c->page, "may_save_view", !active && now.n > 0 && context_may(c, CAN_WRITE));
	value_put_bool(c->page, "shows_views", count > 0 || value_truth(value_get(c->page, STR("may_save_view"))));
	value_put_bool(c->page, "is_whole_list", now.n == 0);
	value_put_str(c->page, "view_query", now);
	value_put_text(c->page, "view_entity", page->entity->plural);
	return OK;
}

/* ---- what is done with them ---- */

static enum err refused(struct context *c, enum err e)
{
	const struct field_error *first = errors_first(c->errors);

	return e == E_INVALID && first ? context_fail(c, e, "%.*s", STR_FMT_ARG(first->message)) : e;
}

/* To the list it is of; a view of a list that is none, to the list of views. */
static enum err back(struct context *c, struct str list, struct str query, const char *code)
{
	const struct entity *entity = entity_find(list);
	struct buffer pairs = BUFFER_IN(c->arena);

	if (entity)
		buffer_add_str(&pairs, canonical(c, query));
	url_add_pair(&pairs, STR("done"), str_from(code));
	return context_redirect(c, view_url(c, (entity ? entity : &saved_view_entity)->plural, buffer_str(&pairs)));
}

static void add_field(struct context *c, struct form *form, const char *name, struct str text)
{
	struct form_field *field = ARENA_NEW(c->arena, struct form_field);

	if (str_absent(text))
		return;
	*field = (struct form_field){.name = str_from(name), .text = text, .next = form->first};
	form->first = field;
	form->count++;
}

/* What the page's form says of a view, in the entity's own words. */
static struct form view_form(struct context *c, bool create)
{
	struct form form = {NULL, 0};

	add_field(c, &form, "name", form_text(&c->form, "name"));
	add_field(c, &form, "is_shared", form_text(&c->form, "is_shared").n ? STR("t") : STR("f"));
	if (create) {
		add_field(c, &form, "entity", form_text(&c->form, "entity"));
		add_field(c, &form, "query", canonical(c, form_text(&c->form, "query")));
	}
	return form;
}

enum err list_view_create(struct context *c)
{
	struct record *view = record_new(c->arena, &saved_view_entity);
	struct form form = view_form(c, true);
	enum err e = record_from_form(view, WRITE_CREATE, &form, NULL, c->errors);

	if (e == OK)
		e = entity_insert(c->tx, view, c->errors);
	return e == OK ? back(c, record_text(view, "entity"), record_text(view, "query"), "view_saved") : refused(c, e);
}

/* The view, if the person may change it. */
static enum err find_view(struct context *c, struct record **view)
{
	struct uuid maker;

	TRY(entity_get(c->tx, &saved_view_entity, c->id, view));
	if (!may_change(c,
			uuid_parse(record_text(*view, "user_id"), &maker) && uuid_equal(maker, c->principal->user_id)))
		return record_text(*view, "is_shared").p[0] == 't' ? E_FORBIDDEN : E_NOTFOUND;
	return OK;
}

enum err list_view_update(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, &saved_view_entity);
	struct form form = view_form(c, false);
	enum err e;

	TRY(find_view(c, &current));
	e = record_from_form(change, WRITE_UPDATE, &form, NULL, c->errors);
	if (e == OK)
		e = entity_update(c->tx, current, change, c->errors, &updated);
	return e == OK ? back(c, record_text(current, "entity"), record_text(current, "query"), "view_saved")
		       : refused(c, e);
}

enum err list_view_delete(struct context *c)
{
	struct record *view;

	TRY(find_view(c, &view));
	TRY(entity_delete(c->tx, view, c->errors));
	return back(c, record_text(view, "entity"), STR(""), "view_deleted");
}
