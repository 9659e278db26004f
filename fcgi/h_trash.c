/* The trash: what was deleted, the way back, and the way out for ever. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/merge_view.h"
#include "fcgi/page.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"

/* ---- the list ---- */

/* ?entity= of this request, NULL for all; false with an error when it is none that has a trash. */
static bool read_entity(struct context *c, const struct entity **only)
{
	struct str name = form_text(&c->query, "entity");

	*only = name.n ? entity_find(name) : NULL;
	if (name.n == 0 || (*only && (*only)->trash))
		return true;
	*only = NULL;
	errors_add(c->errors, "entity", "not_a_choice", "There is no trash of this name.");
	return false;
}

static void put_entry(struct context *c, const struct trash_entry *entry, struct value *map)
{
	value_put_text(map, "entity", entry->entity->plural);
	value_put_str(map, "id", uuid_text(c->arena, entry->id));
	value_put_str(map, "title", entry->title);
	value_put_str(map, "deleted_at", clock_rfc3339(c->arena, entry->deleted_at));
	value_put_str(map, "deleted_by", entry->actor);
}

static struct str next_place(struct context *c, const struct trash_page *page)
{
	if (!page->more)
		return STR_NONE;
	return history_place_text(c->arena, &(struct history_place){page->entries[page->count - 1].deleted_at,
								    page->entries[page->count - 1].id});
}

enum err trash_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	const struct entity *only;
	struct history_place after;
	struct trash_page *page;
	bool named = read_entity(c, &only), placed = timeline_place(c, &after);

	if (!named || !placed)
		return E_INVALID;
	TRY(trash_list(c->tx, only, &after, &page));
	for (size_t i = 0; i < page->count; i++) {
		struct value *map = value_map(c->arena);

		put_entry(c, &page->entries[i], map);
		value_append(list, map);
	}
	value_put_str(c->data, "next_cursor", next_place(c, page));
	return OK;
}

static struct str trash_url(struct context *c, const struct entity *only, struct str cursor)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	if (only)
		url_add_pair(&pairs, STR("entity"), str_from(only->plural));
	if (!str_absent(cursor))
		url_add_pair(&pairs, STR("cursor"), cursor);
	return arena_printf(c->arena, "/trash%s%.*s", pairs.length ? "?" : "", STR_FMT_ARG(buffer_str(&pairs)));
}

static void add_choice(struct context *c, struct value *list, const struct entity *entity, const struct entity *now)
{
	struct value *map = value_map(c->arena);

	value_put_text(map, "label", entity ? entity->label_plural : "All");
	value_put_url(map, "url", trash_url(c, entity, STR_NONE));
	value_put_bool(map, "active", entity == now);
	value_append(list, map);
}

static void put_row(struct context *c, const struct trash_entry *entry, struct value *rows)
{
	struct value *map = value_map(c->arena);
	const char *path =
		arena_printf(c->arena, "/%s/%.*s", entry->entity->plural, STR_FMT_ARG(uuid_text(c->arena, entry->id)))
			.p;

	put_entry(c, entry, map);
	value_put_text(map, "entity_label", entry->entity->label);
	page_put_time(c, map, "when", entry->deleted_at);
	value_put_url(map, "restore_url", arena_printf(c->arena, "%s/restore", path));
	value_put_url(map, "erase_url", arena_printf(c->arena, "%s/erase", path));
	value_put_bool(map, "may_restore", context_may(c, entity_delete_permission(entry->entity)));
	value_append(rows, map);
}

enum err trash_show_page(struct context *c)
{
	struct value *rows = value_put_list(c->page, "rows"), *choices = value_put_list(c->page, "choices");
	const struct entity *only;
	struct history_place after;
	struct trash_page *page;

	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!read_entity(c, &only) || !timeline_place(c, &after)) {
		c->errors = errors_new(c->arena);
		after = (struct history_place){0};
	}
	TRY(trash_list(c->tx, only, &after, &page));
	for (size_t i = 0; i < page->count; i++)
		put_row(c, &page->entries[i], rows);
	add_choice(c, choices, NULL, only);
	for (size_t i = 0; i < entities_count; i++)
		if (entities[i]->trash)
			add_choice(c, choices, entities[i], only);
	value_put_text(c->page, "title", "Trash");
	value_put_bool(c->page, "has_rows", page->count > 0);
	value_put_str(c->page, "only", only ? entity_in_sentence(c, only->label_plural) : STR_NONE);
	value_put_bool(c->page, "may_erase", context_may(c, CAN_SETTINGS));
	value_put_bool(c->page, "has_next", page->more);
	value_put_url(c->page, "next_url", trash_url(c, only, next_place(c, page)));
	value_put_bool(c->page, "has_first", after.at != 0);
	value_put_url(c->page, "first_url", trash_url(c, only, STR_NONE));
	return OK;
}

/* ---- the way back ---- */

/* A row that was merged away comes back with what moved. */
static enum err unmerge(struct context *c, struct uuid id, struct record **out)
{
	struct merge_undone undone;
	struct merge *merge;

	TRY(merge_take_back(c, id, &merge, &undone));
	return entity_get(c->tx, c->entity, c->id, out);
}

/* A row that lives is what was wanted already. */
static enum err restore(struct context *c, struct record **out)
{
	int64_t deleted_at;
	struct record *current;
	struct uuid merge;
	enum err e = trash_get(c->tx, c->entity, c->id, &current, &deleted_at);

	if (e == E_NOTFOUND)
		return entity_get(c->tx, c->entity, c->id, out);
	TRY(e);
	*out = current; /* what a refusal is told about */
	e = merge_of_gone(c->tx, c->entity, c->id, &merge);
	if (e != E_NOTFOUND)
		return e == OK ? unmerge(c, merge, out) : e;
	e = trash_restore(c->tx, current, deleted_at, c->errors, out);
	if (e == E_CONFLICT && !errors_any(c->errors))
		errors_add(c->errors, NULL, "conflict", "Another record has taken its place.");
	return e;
}

enum err entity_restore_api(struct context *c)
{
	struct record *record;

	TRY(restore(c, &record));
	record_to_value(record, c->data);
	context_etag(c, record_version(record));
	return OK;
}

enum err entity_restore_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->entity);
	enum err e = restore(c, &record);

	if (e == OK)
		return context_redirect(c, entity_row_path(c, record, "?done=restored"));
	value_put_str(c->page, "record_title", entity_title(record));
	value_put_url(c->page, "back_url", STR("/trash"));
	return e;
}

/* ---- the way out ---- */

static enum err erase(struct context *c)
{
	struct str ids = arena_printf(c->arena, "{%.*s}", STR_FMT_ARG(uuid_text(c->arena, c->id)));
	enum err e = trash_erase(c->tx, c->entity, ids);

	if (e == E_CONFLICT)
		return context_fail(c, e, "Other records need this one. Delete them for ever first.");
	return e;
}

static void erase_view(struct context *c, const struct record *record)
{
	value_put_str(c->page, "record_title", entity_title(record));
	value_put_str(c->page, "entity_label", entity_in_sentence(c, c->entity->label));
	value_put_url(c->page, "action_url", entity_row_path(c, record, "/erase"));
	value_put_url(c->page, "back_url", STR("/trash"));
}

enum err entity_erase_form(struct context *c)
{
	struct record *record;
	int64_t deleted_at;

	TRY(trash_get(c->tx, c->entity, c->id, &record, &deleted_at));
	erase_view(c, record);
	return OK;
}

enum err entity_erase_page(struct context *c)
{
	struct record *record;
	int64_t deleted_at;

	TRY(trash_get(c->tx, c->entity, c->id, &record, &deleted_at));
	erase_view(c, record);
	TRY(erase(c));
	return context_redirect(c, STR("/trash?done=erased"));
}

/* DELETE …?forever=true: of a row that lives too. */
enum err entity_erase_api(struct context *c)
{
	struct record *record;
	int64_t deleted_at;
	enum err e;

	if (!principal_can(c->principal, CAN_SETTINGS))
		return context_fail(c, E_FORBIDDEN, "Only the owner and administrators delete for ever.");
	e = trash_get(c->tx, c->entity, c->id, &record, &deleted_at);
	if (e == E_NOTFOUND) {
		TRY(entity_get(c->tx, c->entity, c->id, &record));
		TRY(context_if_match(c, record_version(record), false));
		e = entity_delete(c->tx, record, c->errors);
	} else if (e == OK) {
		TRY(context_if_match(c, record_version(record), false));
	}
	TRY(e);
	return c->entity->trash ? erase(c) : OK;
}
