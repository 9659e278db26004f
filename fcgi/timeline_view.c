#include "fcgi/timeline_view.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/entities.h"
#include "lib/entity/custom.h"
#include "lib/entity/local_time.h"

#define TEXT_MOST 160 /* of one side of a change within a sentence */

bool timeline_place(struct context *c, struct history_place *out)
{
	struct str cursor = form_text(&c->query, "cursor");

	*out = (struct history_place){0};
	if (cursor.n == 0 || history_place_parse(cursor, out))
		return true;
	errors_add(c->errors, "cursor", "not_a_cursor", "This cursor is not from this list. Start again without it.");
	return false;
}

/* ---- changes of fields ---- */

struct told {
	const struct entity *entity;
	struct history_change *changes;
	size_t count;
};

static const struct entity *entity_of(struct context *c, struct str plural)
{
	const struct entity *entity = entity_find(plural);

	return entity ? entity_with_custom(c->arena, entity, c->tenant->custom_fields) : NULL;
}

/* What references point at, for all changes of one entity at once. */
static enum err load_labels(struct context *c, const struct told *told, size_t count)
{
	struct record **records = arena_array(c->arena, 2 * count + 1, sizeof *records);

	for (size_t i = 0; i < count; i++) {
		size_t found = 0;

		for (size_t other = 0; other < i && told[i].entity; other++)
			found += told[other].entity == told[i].entity;
		if (!told[i].entity || found)
			continue;
		for (size_t other = i; other < count; other++)
			for (size_t at = 0; at < told[other].count && told[other].entity == told[i].entity; at++)
				if (told[other].changes[at].field >= 0) {
					records[found++] = told[other].changes[at].from;
					records[found++] = told[other].changes[at].to;
					break;
				}
		TRY(record_load_references(c->tx, records, found, false));
	}
	return OK;
}

static struct str side(struct arena *arena, const struct record *record, int field, struct str raw)
{
	struct str text = record ? record_field_text(record, field) : raw;

	if (utf8_length(text) > TEXT_MOST)
		text = arena_printf(arena, "%.*s…", STR_FMT_ARG(utf8_prefix(text, TEXT_MOST)));
	return text;
}

void changes_put(struct arena *arena, const struct history_change *changes, size_t count, struct value *list)
{
	for (size_t i = 0; i < count; i++) {
		const struct history_change *change = &changes[i];
		struct value *map = value_map(arena);

		value_put_str(map, "field", change->name);
		if (change->field >= 0)
			value_put_text(map, "label", record_entity(change->to)->fields[change->field].label);
		else
			value_put_str(map, "label", change->name);
		value_put_str(map, "from", side(arena, change->from, change->field, change->from_text));
		value_put_str(map, "to", side(arena, change->to, change->field, change->to_text));
		value_append(list, map);
	}
}

/* "Status: New → Won; Value: $0.00 → $1,250.50" */
static struct str changes_sentence(struct arena *arena, const struct value *list)
{
	struct buffer out = BUFFER_IN(arena);
	const struct value *change;

	for (size_t i = 0; (change = value_at(list, i)) != NULL; i++) {
		struct str from = value_as_str(value_get(change, STR("from"))),
			   to = value_as_str(value_get(change, STR("to")));

		buffer_printf(&out, "%s%.*s: %.*s → %.*s", i ? "; " : "",
			      STR_FMT_ARG(value_as_str(value_get(change, STR("label")))),
			      STR_FMT_ARG(from.n ? from : STR("–")), STR_FMT_ARG(to.n ? to : STR("–")));
	}
	return buffer_str(&out);
}

static const struct {
	const char *kind, *sentence;
} kind_sentences[] = {
	{"created", "Added"},
	{"deleted", "Moved to the trash"},
	{"restored", "Restored from the trash"},
	{"converted", "Converted to a contact"},
	{"merged", "Merged"},
	{"unmerged", "Merge taken back"},
};

static struct str kind_sentence(struct str kind)
{
	for (size_t i = 0; i < COUNT_OF(kind_sentences); i++)
		if (str_is(kind, kind_sentences[i].kind))
			return str_from(kind_sentences[i].sentence);
	return STR("Changed");
}

/* "Merged “Ann Lee” into this": its one change names the other row. */
static struct str merge_sentence(struct arena *arena, struct str kind, const struct history_change *changes,
				 size_t count)
{
	bool undone = str_is(kind, "unmerged");

	if ((!undone && !str_is(kind, "merged")) || count != 1)
		return STR_NONE;
	return arena_printf(arena, undone ? "Took the merge with “%.*s” back" : "Merged “%.*s” into this",
			    STR_FMT_ARG(undone ? changes->from_text : changes->to_text));
}

/* ---- one entry ---- */

static const struct choice *choice_of(const char *plural, const char *field, struct str value)
{
	const struct entity *entity = entity_find(str_from(plural));
	int at = entity ? entity_field(entity, str_from(field)) : -1;

	for (const struct choice *choice = at < 0 ? NULL : entity->fields[at].choices; choice && choice->value;
	     choice++)
		if (str_is(value, choice->value))
			return choice;
	return NULL;
}

/* "3 days", "2 hours", "4 minutes" */
static struct str duration(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *word;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
	size_t unit = 0;
	long long many;

	while (unit + 1 < COUNT_OF(units) && seconds < units[unit].seconds)
		unit++;
	many = seconds / units[unit].seconds;
	return arena_printf(arena, "%lld %s%s", many, units[unit].word, many == 1 ? "" : "s");
}

struct entry {
	struct context *c;
	const struct timeline_entry *of;
	const struct told *told;
	struct value *changes; /* list of maps */
	/* What is found out about it: */
	struct str type, sentence, text;
	const char *icon;
	const struct choice *badge;
};

static void tell_activity(struct entry *entry)
{
	static const struct {
		const char *type, *outbound, *inbound, *icon;
	} words[] = {
		{"call", "Call", "Incoming call", "phone"},
		{"email", "E-mail sent", "E-mail received", "mail"},
		{"sms", "Text message sent", "Text message received", "message"},
		{"meeting", "Meeting", "Meeting", "calendar-event"},
		{"visit", "Visit", "Visit", "home"},
		{"system", "System", "System", "activity"},
	};
	const struct timeline_entry *of = entry->of;
	struct str what = of->kind;

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_is(of->kind, words[i].type)) {
			what = str_from(str_is(of->detail, "inbound") ? words[i].inbound : words[i].outbound);
			entry->icon = words[i].icon;
		}
	if (of->number > 0)
		what = arena_printf(entry->c->arena, "%.*s, %.*s", STR_FMT_ARG(what),
				    STR_FMT_ARG(duration(entry->c->arena, of->number)));
	entry->sentence =
		of->title.n ? arena_printf(entry->c->arena, "%.*s: %.*s", STR_FMT_ARG(what), STR_FMT_ARG(of->title))
			    : what;
	entry->type = of->kind;
	entry->text = of->text;
	entry->badge = choice_of("activities", "outcome", of->outcome);
}

static void tell_note(struct entry *entry)
{
	entry->type = STR("note");
	entry->icon = "note";
	entry->sentence = str_is(entry->of->kind, "pinned") ? STR("Pinned note") : STR("Note");
	entry->text = entry->of->text;
}

static void tell_task(struct entry *entry)
{
	struct arena *arena = entry->c->arena;
	const struct timeline_entry *of = entry->of;
	int64_t due;

	entry->type = STR("task");
	entry->icon = "checkbox";
	entry->sentence = arena_printf(arena, "Task: %.*s", STR_FMT_ARG(of->title));
	if (str_is(of->outcome, "open") && clock_from_postgres(of->detail, &due))
		entry->sentence = arena_printf(arena, "%.*s, due %.*s", STR_FMT_ARG(entry->sentence),
					       STR_FMT_ARG(local_time(arena, due)));
	entry->text = of->text;
	entry->badge = choice_of("tasks", "status", of->outcome);
}

static void tell_signal(struct entry *entry)
{
	const struct timeline_entry *of = entry->of;

	entry->type = STR("signal");
	entry->icon = "radar-2";
	entry->sentence = of->title.n ? arena_printf(entry->c->arena, "Signal from %.*s, by %.*s",
						     STR_FMT_ARG(of->kind), STR_FMT_ARG(of->title))
				      : arena_printf(entry->c->arena, "Signal from %.*s", STR_FMT_ARG(of->kind));
	entry->text = of->text;
	entry->badge = choice_of("signals", "state", of->outcome);
}

static void tell_stage(struct entry *entry)
{
	struct arena *arena = entry->c->arena;
	const struct timeline_entry *of = entry->of;

	entry->type = STR("stage");
	entry->icon = "columns-3";
	entry->sentence = arena_printf(arena, "Stage: %.*s → %.*s", STR_FMT_ARG(of->title.n ? of->title : STR("–")),
				       STR_FMT_ARG(of->text));
	if (of->title.n && of->number > 0)
		entry->sentence = arena_printf(arena, "%.*s, after %.*s", STR_FMT_ARG(entry->sentence),
					       STR_FMT_ARG(duration(arena, of->number)));
}

static void tell_change(struct entry *entry)
{
	static const struct {
		const char *kind, *icon;
	} icons[] = {{"created", "plus"},         {"deleted", "trash"},      {"restored", "restore"},
		     {"converted", "user-check"}, {"merged", "arrows-join"}, {"unmerged", "restore"}};

	entry->type = entry->of->kind;
	entry->icon = "edit";
	entry->sentence = merge_sentence(entry->c->arena, entry->of->kind, entry->told->changes, entry->told->count);
	for (size_t i = 0; i < COUNT_OF(icons); i++)
		if (str_is(entry->of->kind, icons[i].kind))
			entry->icon = icons[i].icon;
	if (!str_absent(entry->sentence))
		return;
	changes_put(entry->c->arena, entry->told->changes, entry->told->count, entry->changes);
	entry->sentence = value_count(entry->changes) ? changes_sentence(entry->c->arena, entry->changes)
						      : kind_sentence(entry->of->kind);
}

static const struct teller {
	const char *source;
	void (*tell)(struct entry *);
	bool has_page; /* a row of the source has one of its own */
} tellers[] = {
	{"activities", tell_activity, true}, {"notes", tell_note, true},         {"tasks", tell_task, true},
	{"signals", tell_signal, true},      {"stage_moves", tell_stage, false}, {"record_changes", tell_change, false},
};

static void put_public(const struct entry *entry, struct value *map)
{
	const struct timeline_entry *of = entry->of;
	struct arena *arena = entry->c->arena;
	struct value *actor;

	value_put_str(map, "id", uuid_text(arena, of->id));
	value_put_str(map, "type", entry->type);
	value_put_str(map, "at", clock_rfc3339(arena, of->at));
	value_put_str(map, "sentence", entry->sentence);
	value_put_str(map, "text", entry->text);
	value_put_str(map, "outcome", of->outcome);
	value_put_str(map, "lead_id", uuid_is_zero(of->lead) ? STR_NONE : uuid_text(arena, of->lead));
	actor = value_put_map(map, "actor");
	value_put_str(actor, "kind", of->actor_kind);
	value_put_str(actor, "name", of->actor_name);
	value_put(map, "changes", entry->changes);
}

static void put_for_page(const struct entry *entry, const struct teller *teller, struct uuid subject, struct value *map)
{
	const struct timeline_entry *of = entry->of;
	struct context *c = entry->c;
	bool other_lead = !uuid_is_zero(of->lead) && !uuid_equal(of->lead, subject);

	page_put_time(c, map, "when", of->at);
	value_put_url(map, "icon_url",
		      arena_printf(c->arena, "/static/icons.svg?v=%s#%s", c->app->config->static_version, entry->icon));
	value_put_text(map, "badge", entry->badge ? entry->badge->label : NULL);
	value_put_text(map, "tone", entry->badge && entry->badge->tone ? entry->badge->tone : "secondary");
	value_put_bool(map, "has_changes", value_count(entry->changes) > 0);
	value_put_str(map, "heading",
		      str_is(of->kind, "changed") ? STR_NONE : kind_sentence(of->kind)); /* above the changes */
	value_put_bool(map, "has_page", teller->has_page);
	value_put_url(map, "url",
		      teller->has_page ? arena_printf(c->arena, "/%s/%.*s", teller->source,
						      STR_FMT_ARG(uuid_text(c->arena, of->id)))
				       : STR("/"));
	value_put_bool(map, "by_key", str_is(of->actor_kind, "api_key"));
	value_put_str(map, "by", of->actor_name);
	value_put_bool(map, "of_lead", other_lead);
	value_put_url(map, "lead_url",
		      other_lead ? arena_printf(c->arena, "/leads/%.*s", STR_FMT_ARG(uuid_text(c->arena, of->lead)))
				 : STR("/"));
}

/* What follows from a move or an answer, each of which is an entry of its own. The row's history has all of it. */
static bool is_told_elsewhere(const struct history_change *change)
{
	static const char *const fields[] = {"stage_id",          "stage_since",
					     "first_response_at", "first_response_kind",
					     "first_response_by", "first_response_seconds"};

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (str_is(change->name, fields[i]))
			return true;
	return false;
}

static size_t without_told(struct history_change *changes, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!is_told_elsewhere(&changes[i]))
			changes[kept++] = changes[i];
	return kept;
}

static void read_changes(struct context *c, const struct timeline_page *page, struct told *told)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct timeline_entry *entry = &page->entries[i];

		if (!str_is(entry->source, "record_changes"))
			continue;
		for (size_t other = 0; other < i && !told[i].entity; other++)
			if (told[other].entity && str_is(entry->detail, told[other].entity->plural))
				told[i].entity = told[other].entity;
		if (!told[i].entity)
			told[i].entity = entity_of(c, entry->detail);
		if (!told[i].entity)
			continue;
		told[i].count = history_changes(c->arena, told[i].entity, entry->text, &told[i].changes);
		told[i].count = without_told(told[i].changes, told[i].count);
	}
}

static bool is_among(const struct timeline_page *page, const struct timeline_entry *entry)
{
	for (size_t i = 0; page && i < page->count; i++)
		if (uuid_equal(page->entries[i].id, entry->id))
			return true;
	return false;
}

/* But for those that stand in `elsewhere`, which may be NULL. */
static enum err put_entries(struct context *c, struct uuid subject, const struct timeline_page *page,
			    const struct timeline_page *elsewhere, bool for_page, struct value *list)
{
	struct told *told = arena_array(c->arena, page->count + 1, sizeof *told);

	read_changes(c, page, told);
	TRY(load_labels(c, told, page->count));
	for (size_t i = 0; i < page->count; i++) {
		struct entry entry = {
			.c = c, .of = &page->entries[i], .told = &told[i], .changes = value_list(c->arena)};
		const struct teller *teller = tellers;
		struct value *map;

		while (!str_is(entry.of->source, teller->source))
			teller++;
		teller->tell(&entry);
		if ((str_is(entry.of->kind, "changed") && told[i].entity && told[i].count == 0) ||
		    is_among(elsewhere, entry.of))
			continue;
		map = value_map(c->arena);
		put_public(&entry, map);
		if (for_page)
			put_for_page(&entry, teller, subject, map);
		value_append(list, map);
	}
	return OK;
}

enum err timeline_put(struct context *c, const struct record *row, const struct timeline_show *show,
		      const struct history_place *after, const struct timeline_lists *lists, struct str *next)
{
	struct timeline_page *page, *pinned = NULL;

	TRY(timeline_read(c->tx, row, show, after, lists->pinned ? &pinned : NULL, &page));
	if (pinned)
		TRY(put_entries(c, record_id(row), pinned, NULL, lists->for_page, lists->pinned));
	TRY(put_entries(c, record_id(row), page, pinned, lists->for_page, lists->entries));
	*next = STR_NONE;
	if (page->more)
		*next = history_place_text(c->arena, &(struct history_place){page->entries[page->count - 1].at,
									     page->entries[page->count - 1].id});
	return OK;
}

/* ---- the history of one row ---- */

static void put_history_entry(struct context *c, const struct history_entry *entry, const struct told *told,
			      struct value *list)
{
	struct value *map = value_map(c->arena), *actor, *changes;
	struct str sentence;

	value_append(list, map);
	value_put_str(map, "id", uuid_text(c->arena, entry->id));
	value_put_str(map, "kind", entry->kind);
	value_put_int(map, "version", entry->version);
	value_put_str(map, "changed_at", clock_rfc3339(c->arena, entry->changed_at));
	actor = value_put_map(map, "actor");
	value_put_str(actor, "kind", entry->actor_kind);
	value_put_str(actor, "id", uuid_is_zero(entry->actor_id) ? STR_NONE : uuid_text(c->arena, entry->actor_id));
	value_put_str(actor, "name", entry->actor_name);
	changes = value_put_list(map, "changes");
	changes_put(c->arena, told->changes, told->count, changes);
	sentence = merge_sentence(c->arena, entry->kind, told->changes, told->count);
	if (str_absent(sentence))
		sentence = value_count(changes) ? changes_sentence(c->arena, changes) : kind_sentence(entry->kind);
	value_put_str(map, "sentence",
		      arena_printf(c->arena, "%.*s by %.*s", STR_FMT_ARG(sentence), STR_FMT_ARG(entry->actor_name)));
}

enum err history_put(struct context *c, const struct entity *entity, struct uuid row, const struct history_place *after,
		     struct value *list, struct str *next)
{
	struct history_page page;
	struct told *told;

	TRY(history_read(c->tx, entity, row, after, &page));
	told = arena_array(c->arena, page.count + 1, sizeof *told);
	for (size_t i = 0; i < page.count; i++) {
		told[i].entity = entity;
		told[i].count = history_changes(c->arena, entity, page.entries[i].changes, &told[i].changes);
	}
	TRY(load_labels(c, told, page.count));
	for (size_t i = 0; i < page.count; i++)
		put_history_entry(c, &page.entries[i], &told[i], list);
	*next = STR_NONE;
	if (page.more)
		*next = history_place_text(c->arena, &(struct history_place){page.entries[page.count - 1].changed_at,
									     page.entries[page.count - 1].id});
	return OK;
}
