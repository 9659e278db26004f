#include "fcgi/conflict.h"
#include "fcgi/page.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

/* ---- what changed meanwhile ---- */

/* The labels of what references point at, for changes of one entity. */
static enum err load_labels(struct context *c, struct history_change *const *lists, const size_t *counts,
			    size_t entries)
{
	struct record **records = arena_array(c->arena, 2 * entries + 1, sizeof *records);
	size_t found = 0;

	for (size_t i = 0; i < entries; i++)
		for (size_t at = 0; at < counts[i]; at++)
			if (lists[i][at].field >= 0) {
				records[found++] = lists[i][at].from;
				records[found++] = lists[i][at].to;
				break;
			}
	return record_load_references(c->tx, records, found, false);
}

enum err changes_since_put(struct context *c, const struct record *current, int64_t version)
{
	const struct entity *entity = record_entity(current);
	struct history_place start = {0};
	struct history_page page = {0};
	struct history_change **lists;
	struct value *changes = value_put_list(c->page, "changes");
	size_t *counts, entries = 0;

	if (entity->history)
		TRY(history_read(c->tx, entity, record_id(current), &start, &page));
	lists = arena_array(c->arena, page.count + 1, sizeof *lists);
	counts = arena_array(c->arena, page.count + 1, sizeof *counts);
	while (entries < page.count && page.entries[entries].version > version) {
		counts[entries] = history_changes(c->arena, entity, page.entries[entries].changes, &lists[entries]);
		entries++;
	}
	TRY(load_labels(c, lists, counts, entries));
	for (size_t i = 0; i < entries; i++)
		changes_put(c->arena, lists[i], counts[i], changes);
	value_put_bool(c->page, "has_changes", value_count(changes) > 0);
	value_put_str(c->page, "changed_by", entries ? page.entries[0].actor_name : STR_NONE);
	page_put_time(c, c->page, "changed_when", entries ? page.entries[0].changed_at : 0);
	return OK;
}

/* ---- both versions ---- */

struct sides {
	struct context *c;
	struct record *theirs, *yours;
	const struct record *base; /* what the form was made from; NULL: not known */
	struct value *conflicts, *kept;
	bool changed; /* theirs says something else than the base where yours does */
};

static bool is_in_form(const struct record *change, size_t index)
{
	const struct field *field = &record_entity(change)->fields[index];

	return record_given(change, (int)index) &&
	       !(field->flags & (FIELD_API_ONLY | FIELD_WRITE_ONLY | FIELD_READ_ONLY));
}

/* As a form sends it; never absent, so that an empty one is sent as well. */
static struct str sent(const struct record *record, int field)
{
	struct str text = record_input_text(record, field);

	return str_absent(text) ? STR("") : text;
}

static void put_field(struct sides *sides, int field)
{
	const struct field *described = &record_entity(sides->theirs)->fields[field];
	struct value *map = value_map(sides->c->arena);
	bool touched;

	value_put_text(map, "name", described->name);
	if (!record_differs(sides->theirs, sides->yours, field)) {
		value_put_str(map, "value", sent(sides->yours, field));
		value_append(sides->kept, map);
		return;
	}
	touched = !sides->base || record_differs(sides->base, sides->yours, field);
	sides->changed = sides->changed || !sides->base || record_differs(sides->base, sides->theirs, field);
	value_put_text(map, "label", described->label);
	value_put_str(map, "theirs", record_field_text(sides->theirs, field));
	value_put_str(map, "yours", record_field_text(sides->yours, field));
	value_put_str(map, "theirs_value", sent(sides->theirs, field));
	value_put_str(map, "yours_value", sent(sides->yours, field));
	value_put_bool(map, "touched", touched);
	value_append(sides->conflicts, map);
}

/* The row as the person who sent the form wants it. */
static struct record *wanted(struct context *c, const struct record *current, const struct record *change)
{
	struct record *record = record_new(c->arena, record_entity(current));

	for (size_t i = 0; i < record_entity(current)->field_count; i++)
		record_set(record, (int)i, record_get(is_in_form(change, i) ? change : current, (int)i));
	return record;
}

static struct record *copied(struct context *c, const struct record *from)
{
	struct record *record = record_new(c->arena, record_entity(from));

	for (size_t i = 0; i < record_entity(from)->field_count; i++)
		record_set(record, (int)i, record_get(from, (int)i));
	return record;
}

enum err conflict_put(struct context *c, const struct record *current, const struct record *change, int64_t version,
		      bool *same)
{
	struct sides sides = {c,
			      copied(c, current),
			      wanted(c, current, change),
			      NULL,
			      value_put_list(c->page, "conflicts"),
			      value_put_list(c->page, "kept"),
			      false};
	struct record *both[] = {sides.theirs, sides.yours}, *base;
	enum err e = history_row_at(c->tx, current, version, &base);

	if (e != OK && e != E_NOTFOUND)
		return e;
	sides.base = e == OK ? base : NULL;
	TRY(record_load_references(c->tx, both, COUNT_OF(both), false));
	for (size_t i = 0; i < record_entity(current)->field_count; i++)
		if (is_in_form(change, i))
			put_field(&sides, (int)i);
	*same = !sides.changed;
	return changes_since_put(c, current, version);
}

int64_t conflict_seen(const struct context *c)
{
	int64_t version;

	return str_to_int64(form_text(&c->form, "version"), &version) && version > 0 ? version : 0;
}

enum err conflict_settle(struct context *c, const struct record *current, int64_t version, const struct record *change)
{
	bool same;

	if (conflict_seen(c) == version)
		return OK;
	TRY(conflict_put(c, current, change, conflict_seen(c), &same));
	if (same)
		return OK;
	c->template = "entity/conflict";
	return E_PRECONDITION;
}

void conflict_frame(struct context *c, struct str title, struct str action_url, const char *cancel_url, int64_t version)
{
	value_put_str(c->page, "title", title);
	value_put_url(c->page, "action_url", action_url);
	value_put_url(c->page, "cancel_url", str_from(cancel_url));
	value_put_str(c->page, "return", STR_NONE);
	value_put_int(c->page, "version", version);
}
