/* Who took which list out as a file. */
#include "fcgi/h_export_log.h"

#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/tenant/export_log.h"

#define API_MOST 100
#define PAGE_MOST 50
/* No export takes so long: one that has not ended by then lost its worker. */
#define LONGEST (3600 * MICROSECONDS_PER_SECOND)

/* The entries before ?before=, as `put` shows them; *next: of the last one, where there are more. */
static enum err put_entries(struct context *c, size_t most,
			    void (*put)(struct context *, const struct export_entry *, struct value *),
			    struct value *list, struct str *next)
{
	struct str sent = form_text(&c->query, "before");
	struct uuid before = uuid_zero();
	struct export_entry *entries;
	size_t count;

	if (!str_absent(sent) && !uuid_parse(sent, &before)) {
		errors_add(c->errors, "before", "not_an_id", "before is the id of an export.");
		return E_INVALID;
	}
	TRY(export_log_list(c->tx, before, most + 1, &entries, &count));
	*next = count > most ? uuid_text(c->arena, entries[most - 1].id) : STR_NONE;
	for (size_t i = 0; i < count && i < most; i++) {
		struct value *map = value_map(c->arena);

		put(c, &entries[i], map);
		value_append(list, map);
	}
	return OK;
}

/* ---- for programs ---- */

static void put_fields(struct context *c, const struct export_entry *entry, struct value *map)
{
	value_put_str(map, "id", uuid_text(c->arena, entry->id));
	value_put_str(map, "entity", entry->entity);
	value_put_str(map, "format", entry->format);
	value_put_str(map, "query", entry->query);
	value_put_int(map, "rows", entry->rows);
	value_put_bool(map, "is_whole", entry->whole);
	value_put_str(map, "actor_kind", entry->actor_kind);
	value_put_str(map, "actor_id", uuid_is_zero(entry->actor_id) ? STR_NONE : uuid_text(c->arena, entry->actor_id));
	value_put_str(map, "actor", entry->actor_name);
	value_put_instant(map, "started_at", entry->started_at);
	value_put_instant(map, "finished_at", entry->finished_at);
}

enum err export_log_api(struct context *c)
{
	struct str next;

	TRY(put_entries(c, API_MOST, put_fields, value_put_list(c->data, "data"), &next));
	value_put_str(c->data, "next_before", next);
	return OK;
}

/* ---- the page ---- */

static void put_words(struct context *c, const struct export_entry *entry, struct value *map)
{
	const struct entity *entity = entity_find(entry->entity);
	bool lost = !entry->finished_at && clock_now() - entry->started_at > LONGEST;
	bool works = !entry->finished_at && !lost;

	value_put_str(map, "list", entity ? str_from(entity->label_plural) : entry->entity);
	value_put_url(map, "list_url",
		      arena_printf(c->arena, "/%.*s%s%.*s", STR_FMT_ARG(entry->entity), entry->query.n ? "?" : "",
				   STR_FMT_ARG(entry->query)));
	value_put_bool(map, "narrowed", entry->query.n > 0);
	value_put_str(map, "format", entry->format);
	value_put_str(map, "rows", page_number(c->arena, entry->rows));
	value_put_text(map, "label", entry->whole ? "All of it" : works ? "Under way" : "Broken off");
	value_put_text(map, "tone", entry->whole ? "green" : works ? "azure" : "orange");
	value_put_str(map, "actor", entry->actor_name);
	value_put_bool(map, "by_key", str_is(entry->actor_kind, actor_kind_name(ACTOR_API_KEY)));
	page_put_time(c, map, "started", entry->started_at);
}

enum err export_log_put(struct context *c)
{
	struct str next;

	TRY(put_entries(c, PAGE_MOST, put_words, value_put_list(c->page, "exports"), &next));
	value_put_url(c->page, "older_url",
		      str_absent(next)
			      ? STR_NONE
			      : arena_printf(c->arena, "/settings/data?before=%.*s#exports", STR_FMT_ARG(next)));
	return OK;
}
