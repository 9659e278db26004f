/* Every stored entity as pages: the same templates for all of them. */
#include "fcgi/conflict.h"
#include "fcgi/duplicate_view.h"
#include "fcgi/entity_view.h"
#include "fcgi/h_related.h"
#include "fcgi/handlers.h"
#include "fcgi/merge_view.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/crm/contact.h"
#include "lib/crm/lead.h"
#include "lib/crm/property.h"
#include "lib/crm/task.h"
#include "lib/crm/web_form.h"

static const char *const form_extras[] = {"csrf", "version", "return", DUPLICATES_ANYWAY, DUPLICATES_FOR_CONTACT, NULL};

/* ---- one row ---- */

#define GROUPS_FIRST 3

/* On a phone the timeline of a person stands between what is needed at once and the rest. */
static void put_facts(struct context *c, const struct record *record)
{
	struct value *all = value_list(c->arena), *first = value_put_list(c->page, "cells"),
		     *more = value_put_list(c->page, "more_cells");
	size_t groups = 0;

	record_show_view(record, all);
	for (size_t i = 0; i < value_count(all); i++) {
		/* The cast is of what was made above. */
		struct value *cell = (struct value *)(uintptr_t)value_at(all, i);

		groups += value_as_bool(value_get(cell, STR("group_start")));
		value_append(has_quick_actions(c->entity) && groups > GROUPS_FIRST ? more : first, cell);
	}
	value_put_bool(c->page, "has_more_cells", value_count(more) > 0);
}

/* A lead that is no customer yet can become one; a task that is open can be done. */
static bool is_no_customer(const struct record *lead)
{
	return str_absent(record_text(lead, "converted_at"));
}

static bool is_open(const struct record *task)
{
	return str_is(record_text(task, "status"), "open");
}

/* What can be done with a row beside changing and deleting it. */
static const struct row_action {
	const struct entity *entity;
	const char *path, *label, *icon;
	const char *back; /* NULL: a link; otherwise a button that posts, with this as where to go after */
	bool (*possible)(const struct record *); /* NULL: always */
} row_actions[] = {
	{&lead_entity, "/move", "Move", "layout-kanban", NULL, NULL},
	{&lead_entity, "/convert", "Make a customer", "user-check", NULL, is_no_customer},
	{&lead_entity, "/cadences", "Follow-up", "repeat", NULL, NULL},
	{&lead_entity, "/merge", "Merge with…", "arrows-join", NULL, NULL},
	{&contact_entity, "/merge", "Merge with…", "arrows-join", NULL, NULL},
	{&property_entity, "/merge", "Merge with…", "arrows-join", NULL, NULL},
	{&task_entity, "/done", "Done", "check", "task", is_open},
	{&web_form_entity, "/website", "Put it on your website", "world-search", NULL, NULL},
};

static void put_row_actions(struct context *c, const struct record *record)
{
	struct value *list = value_put_list(c->page, "actions");

	for (size_t i = 0; i < COUNT_OF(row_actions) && entity_may_write(c); i++) {
		const struct row_action *action = &row_actions[i];
		struct value *map;

		if (strcmp(action->entity->plural, c->entity->plural) != 0 ||
		    (action->possible && !action->possible(record)))
			continue;
		map = value_map(c->arena);
		value_put_url(map, "url", entity_row_path(c, record, action->path));
		value_put_text(map, "label", action->label);
		value_put_text(map, "icon", action->icon);
		value_put_text(map, "back", action->back);
		value_put_bool(map, "posts", action->back);
		value_append(list, map);
	}
}

enum err entity_show_page(struct context *c)
{
	const struct entity *entity = c->entity;
	struct record *record;
	enum err e = entity_get(c->tx, entity, c->id, &record);

	if (e)
		return e == E_NOTFOUND ? merge_forward(c, entity, c->id) : e;
	TRY(record_load_references(c->tx, &record, 1, false));
	if (entity->decorate)
		TRY(entity->decorate(c->tx, record, c->page));
	put_facts(c, record);
	entity_put_phone(c, c->page, record);
	value_put_str(c->page, "title", entity_title(record));
	value_put_str(c->page, "entity_label", entity_in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_url(c->page, "list_url", entity_list_path(c, entity));
	value_put_url(c->page, "edit_url", entity_row_path(c, record, "/edit"));
	value_put_url(c->page, "delete_url", entity_row_path(c, record, "/delete"));
	value_put_bool(c->page, "may_write", entity_may_write(c));
	value_put_bool(c->page, "may_delete", entity_may_delete(c));
	quick_actions_put(c, record);
	put_row_actions(c, record);
	TRY(timeline_page_put(c, record));
	return related_put(c, record);
}

/* ---- forms ---- */

void entity_form_view(struct context *c, const struct record *record, const struct form *typed, enum write_kind kind)
{
	const struct entity *entity = record_entity(record);
	bool create = kind == WRITE_CREATE;
	struct str back = context_return_path(c),
		   here = create ? entity_list_path(c, entity) : entity_row_path(c, record, "");

	record_form_view(record, typed, c->errors, kind, value_put_list(c->page, "fields"));
	value_put_bool(c->page, "is_new", create);
	value_put_str(c->page, "entity_label", entity_in_sentence(c, entity->label));
	value_put_text(c->page, "entity_label_plural", entity->label_plural);
	value_put_url(c->page, "list_url", entity_list_path(c, entity));
	if (!value_get(c->page, STR("has_alike")))
		duplicates_put_none(c);
	value_put_int(c->page, "version", create ? 0 : record_version(record));
	value_put_url(c->page, "action_url", here);
	value_put_url(c->page, "cancel_url", str_absent(back) ? here : back);
	value_put_str(c->page, "return", back);
	value_put_str(c->page, "title",
		      create ? arena_printf(c->arena, "New %.*s", STR_FMT_ARG(entity_in_sentence(c, entity->label)))
			     : arena_printf(c->arena, "Edit %.*s", STR_FMT_ARG(entity_title(record))));
}

enum err entity_new_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->entity);

	entity_prefill(c, record);
	TRY(record_load_references(c->tx, &record, 1, true));
	TRY(record_load_offers(c->tx, record, NULL));
	entity_form_view(c, record, NULL, WRITE_CREATE);
	return OK;
}

enum err entity_create_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->entity);
	enum err e;

	TRY(record_load_references(c->tx, &record, 1, true));
	TRY(form_find_references(c->tx, c->entity, WRITE_CREATE, &c->form, c->errors));
	TRY(record_load_offers(c->tx, record, &c->form));
	e = record_from_form(record, WRITE_CREATE, &c->form, form_extras, c->errors);
	if (e == OK)
		e = duplicates_warn(c, record);
	if (e == OK)
		e = entity_insert(c->tx, record, c->errors);
	if (e == OK)
		return context_redirect_back(c, entity_row_path(c, record, ""), "created");
	entity_form_view(c, record, &c->form, WRITE_CREATE);
	return e;
}

enum err entity_edit_page(struct context *c)
{
	struct record *record;

	TRY(entity_get(c->tx, c->entity, c->id, &record));
	TRY(record_load_references(c->tx, &record, 1, true));
	TRY(record_load_offers(c->tx, record, NULL));
	entity_form_view(c, record, NULL, WRITE_UPDATE);
	return OK;
}

enum err entity_update_page(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, c->entity);
	enum err e;

	TRY(entity_get(c->tx, c->entity, c->id, &current));
	TRY(record_load_references(c->tx, &current, 1, true));
	TRY(form_find_references(c->tx, c->entity, WRITE_UPDATE, &c->form, c->errors));
	TRY(record_load_offers(c->tx, current, &c->form));
	e = record_from_form(change, WRITE_UPDATE, &c->form, form_extras, c->errors);
	record_keep_as_shown(change, current);
	if (e == OK)
		e = conflict_settle(c, current, record_version(current), change);
	if (e == OK) {
		e = entity_update(c->tx, current, change, c->errors, &updated);
		if (e == E_PRECONDITION) { /* between the reading and the writing */
			TRY(entity_get(c->tx, c->entity, c->id, &current));
			e = conflict_settle(c, current, record_version(current), change);
		}
	}
	if (e == OK)
		return context_redirect_back(c, entity_row_path(c, current, ""), "saved");
	entity_form_view(c, current, &c->form, WRITE_UPDATE);
	return e;
}

static void delete_view(struct context *c, const struct record *record)
{
	value_put_str(c->page, "record_title", entity_title(record));
	value_put_str(c->page, "entity_label", entity_in_sentence(c, record_entity(record)->label));
	value_put_url(c->page, "action_url", entity_row_path(c, record, "/delete"));
	value_put_url(c->page, "back_url", entity_row_path(c, record, ""));
	value_put_int(c->page, "version", record_version(record));
	value_put_list(c->page, "changes");
	value_put_bool(c->page, "has_changes", false);
}

enum err entity_delete_form(struct context *c)
{
	struct record *record;

	TRY(entity_get(c->tx, c->entity, c->id, &record));
	delete_view(c, record);
	return OK;
}

enum err entity_delete_seen(struct context *c, const struct record *record)
{
	enum err e;

	delete_view(c, record);
	if (conflict_seen(c) != record_version(record)) {
		TRY(changes_since_put(c, record, conflict_seen(c)));
		errors_add(c->errors, NULL, "changed",
			   "Somebody else has changed this meanwhile. Delete it all the same?");
		return E_PRECONDITION;
	}
	e = entity_delete(c->tx, record, c->errors);
	if (e == E_CONFLICT && !errors_any(c->errors))
		errors_add(c->errors, NULL, "in_use", "Other records belong to this one. Delete or move them first.");
	return e;
}

enum err entity_delete_page(struct context *c)
{
	struct record *record;

	TRY(entity_get(c->tx, c->entity, c->id, &record));
	TRY(entity_delete_seen(c, record));
	return context_redirect(c, arena_printf(c->arena, "/%s?done=deleted&undo=%.*s", c->entity->plural,
						STR_FMT_ARG(uuid_text(c->arena, c->id))));
}
