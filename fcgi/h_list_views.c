/* Saved views: a list's address under a name, kept for oneself or for everybody. */
#include "fcgi/conflict.h"
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

static struct str list_of(struct context *c, const char *plural, struct str query, struct uuid view)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	buffer_add_str(&pairs, query);
	url_add_pair(&pairs, STR("view"), uuid_text(c->arena, view));
	return view_url(c, plural, buffer_str(&pairs));
}

/* The address names the view that a list began with, so that it is known when the list was narrowed or sorted since. */
static bool is_begun_with(const struct context *c, const struct list_view *view)
{
	struct uuid id;

	return uuid_parse(form_text(&c->query, "view"), &id) && uuid_equal(id, view->id);
}

static struct value *put_view(struct list_page *page, const struct list_view *view, struct str query)
{
	struct context *c = page->c;
	struct value *map = value_map(c->arena);

	value_put_str(map, "name", view->name);
	value_put_url(map, "url", list_of(c, page->entity->plural, query, view->id));
	value_put_bool(map, "is_shared", view->is_shared);
	value_put_bool(map, "active", false);
	value_put_bool(map, "changed", false);
	value_put_int(map, "version", view->version);
	value_put_url(map, "save_url", edit_url(c, view->id, "here"));
	value_put_url(map, "delete_url", edit_url(c, view->id, "remove"));
	value_put_bool(map, "may_change", may_change(c, view->is_own));
	return map;
}

void list_views_page_send(struct list_page *page)
{
	page->views_sent = list_views_send(page->c->tx, page->entity->plural, page->c->principal->user_id);
}

/* The view that is shown, or was before the list was changed: the one the address names, else one of the same words. */
static struct value *put_views(struct list_page *page, const struct list_view *views, size_t count, struct str now)
{
	struct value *list = value_put_list(page->c->page, "views"), *here = NULL;
	bool changed = false, named = false;

	for (size_t i = 0; i < count; i++) {
		struct str query = canonical(page->c, views[i].query);
		struct value *view = put_view(page, &views[i], query);
		bool begun = is_begun_with(page->c, &views[i]), same = str_equal(query, now);

		if (begun || (!named && !here && same)) {
			here = view;
			named = begun;
			changed = !same;
		}
		value_append(list, view);
	}
	if (here)
		value_put_bool(here, changed ? "changed" : "active", true);
	return here;
}

enum err list_views_page_read(struct list_page *page)
{
	struct context *c = page->c;
	struct str now = list_page_query(c);
	struct value *none = value_null(c->arena), *here;
	struct list_view *views;
	bool active, mine;
	size_t count;

	TRY(list_views_read(c->tx, page->views_sent, &views, &count));
	here = put_views(page, views, count, now);
	active = here && value_as_bool(value_get(here, STR("active")));
	mine = here && value_as_bool(value_get(here, STR("may_change")));
	value_put(c->page, "view", mine && active ? here : none);
	value_put(c->page, "view_changed", mine && !active && now.n > 0 ? here : none);
	value_put_bool(c->page, "may_save_view", !active && now.n > 0 && context_may(c, CAN_WRITE));
	value_put_bool(c->page, "shows_views", count > 0 || value_truth(value_get(c->page, STR("may_save_view"))));
	value_put_bool(c->page, "is_whole_list", now.n == 0 && !here);
	value_put_str(c->page, "view_query", now);
	value_put_text(c->page, "view_entity", page->entity->plural);
	return OK;
}

/* ---- what is done with them ---- */

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

static const char *const form_extras[] = {"csrf", "version", "return", NULL};

/* What the form of a list says of a view, in the entity's own words: a box that is not ticked is sent as nothing. */
static struct form view_form(struct context *c)
{
	struct str query = form_text(&c->form, "query");
	struct form rest = {NULL, 0};

	for (const struct form_field *field = c->form.first; field; field = field->next)
		if (!str_is(field->name, "query") && !str_is(field->name, "is_shared"))
			add_field(c, &rest, arena_c_string(c->arena, field->name), field->text);
	add_field(c, &rest, "is_shared", form_text(&c->form, "is_shared").n ? STR("t") : STR("f"));
	add_field(c, &rest, "query", str_absent(query) ? query : canonical(c, query));
	return rest;
}

enum err list_view_create(struct context *c)
{
	struct record *view = record_new(c->arena, &saved_view_entity);
	struct form form = view_form(c);
	enum err e = record_from_form(view, WRITE_CREATE, &form, form_extras, c->errors);

	if (e == OK)
		e = entity_insert(c->tx, view, c->errors);
	if (e == OK)
		return back(c, record_text(view, "entity"), record_text(view, "query"), "view_saved");
	entity_form_view(c, view, &form, WRITE_CREATE);
	return e;
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

/* Its name, who sees it, and the list as it is now where that is sent. */
enum err list_view_update(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, &saved_view_entity);
	struct form form = view_form(c);
	enum err e;

	TRY(find_view(c, &current));
	e = record_from_form(change, WRITE_UPDATE, &form, form_extras, c->errors);
	if (e == OK)
		e = conflict_settle(c, current, record_version(current), change);
	if (e == OK)
		e = entity_update(c->tx, current, change, c->errors, &updated);
	if (e == OK)
		return back(c, record_text(updated, "entity"), record_text(updated, "query"), "view_saved");
	entity_form_view(c, current, &form, WRITE_UPDATE);
	return e;
}

enum err list_view_delete(struct context *c)
{
	struct record *view;

	TRY(find_view(c, &view));
	TRY(entity_delete_seen(c, view));
	return back(c, record_text(view, "entity"), STR(""), "view_deleted");
}
