/*
 * One statement: for each table its newest rows by its own index, merged. A part is read for each lead by itself (LATERAL), so that it begins at the
 * place in the index and ends with the page, however much there is.
 */
#include "lib/crm/timeline.h"

#include "lib/crm/contact.h"
#include "lib/crm/lead.h"

const struct timeline_show timeline_shows[] = {
	{"all", "All", NULL, NULL},
	{"calls", "Calls", "activities", "t.type = 'call'"},
	{"emails", "E-mails", "activities", "t.type = 'email'"},
	{"texts", "Texts", "activities", "t.type = 'sms'"},
	{"visits", "Visits", "activities", "t.type IN ('visit', 'meeting')"},
	{"notes", "Notes", "notes", NULL},
	{"pinned", "Pinned", "notes", "t.is_pinned"},
	{"tasks", "Tasks", "tasks", NULL},
	{"signals", "Signals", "signals", NULL},
	{"stages", "Stages", "stage_moves", NULL},
	{"changes", "Changes", "record_changes", NULL},
};
const size_t timeline_shows_count = COUNT_OF(timeline_shows);

const struct timeline_show *timeline_show_find(struct str name)
{
	if (name.n == 0)
		return &timeline_shows[0];
	for (size_t i = 0; i < timeline_shows_count; i++)
		if (str_is(name, timeline_shows[i].name))
			return &timeline_shows[i];
	return NULL;
}

struct str timeline_show_names(struct arena *arena)
{
	struct buffer names = BUFFER_IN(arena);

	for (size_t i = 0; i < timeline_shows_count; i++)
		buffer_printf(&names, "%s%s", i ? ", " : "", timeline_shows[i].name);
	return buffer_str(&names);
}

/* ---- the parts ---- */

/* What a part is read by. */
enum anchor {
	BY_LEAD = 1, /* each of the leads */
	BY_CONTACT,  /* the contact, but for rows of its leads */
	BY_ROW       /* the record itself */
};

#define DONE_BY(column) " LEFT JOIN tenant_users u ON u.tenant_id = $1 AND u.id = t." column
/* Where the row names nobody, who made it is in the history: a program has no user. */
#define MADE(entity, what)                                                                                             \
	"(SELECT c." what " FROM record_changes c WHERE c.tenant_id = $1 AND c.entity = '" entity                      \
	"' AND c.row_id = t.id AND c.kind = 'created' LIMIT 1)"
#define BY_USER_OR(entity)                                                                                             \
	"CASE WHEN u.id IS NULL THEN " MADE(entity, "actor_kind") " END AS actor_kind,"                                \
								  " coalesce(u.name, u.email, " MADE(                  \
									  entity, "actor_name") ") AS actor_name"
#define MOVED(what)                                                                                                    \
	"(SELECT c." what " FROM record_changes c WHERE c.tenant_id = $1 AND c.entity = 'leads'"                       \
	" AND c.row_id = t.lead_id AND c.changed_at BETWEEN t.moved_at - interval '1 s'"                               \
	" AND t.moved_at + interval '1 s' ORDER BY c.changed_at DESC LIMIT 1)"

static const struct source {
	const char *table, *time; /* its column for the order */
	const char *columns, *join;
	const char *lead, *contact; /* conditions; NULL: it has no such rows */
	const char *row;
} sources[] = {
	{
		"activities",
		"occurred_at",
		"t.type AS kind, t.subject AS title, t.body AS text, t.outcome AS outcome, t.direction AS detail,"
		" t.duration_seconds::bigint AS number, t.lead_id AS lead_id, " BY_USER_OR("activities"),
		DONE_BY("user_id"),
		"t.lead_id = o.id AND t.deleted_at IS NULL",
		"t.contact_id = @row AND t.deleted_at IS NULL",
		NULL,
	},
	{
		"notes",
		"created_at",
		"CASE WHEN t.is_pinned THEN 'pinned' ELSE 'note' END AS kind, NULL::text AS title, t.body AS text,"
		" NULL::text AS outcome, NULL::text AS detail, 0::bigint AS number, t.lead_id AS lead_id, " BY_USER_OR(
			"notes"),
		DONE_BY("author_id"),
		"t.lead_id = o.id AND t.deleted_at IS NULL",
		"t.contact_id = @row AND t.deleted_at IS NULL",
		NULL,
	},
	{
		"tasks",
		"created_at",
		"t.kind AS kind, t.title AS title, t.description AS text, t.status AS outcome,"
		" t.due_at::text AS detail, 0::bigint AS number, t.lead_id AS lead_id, " MADE(
			"tasks", "actor_kind") " AS actor_kind, " MADE("tasks", "actor_name") " AS actor_name",
		"",
		"t.lead_id = o.id AND t.deleted_at IS NULL",
		"t.contact_id = @row AND t.deleted_at IS NULL",
		NULL,
	},
	{
		"signals",
		"fetched_at",
		"t.source AS kind, t.author AS title, t.excerpt AS text, t.state AS outcome, t.url AS detail,"
		" t.score::bigint AS number, t.lead_id AS lead_id, NULL::text AS actor_kind, NULL::text AS actor_name",
		"",
		"t.lead_id = o.id AND t.deleted_at IS NULL",
		NULL,
		NULL,
	},
	{
		/* A program's move names no user: the change that was written with it does. */
		"stage_moves",
		"moved_at",
		"'stage'::text AS kind, f.name AS title, s.name AS text, NULL::text AS outcome, s.kind AS detail,"
		" t.seconds AS number, t.lead_id AS lead_id, CASE WHEN u.id IS NULL THEN " MOVED(
			"actor_kind") " END"
				      " AS actor_kind, coalesce(u.name, u.email, " MOVED(
					      "actor_name") ") AS actor_name",
		" LEFT JOIN pipeline_stages f ON f.tenant_id = $1 AND f.id = t.from_stage_id"
		" LEFT JOIN pipeline_stages s ON s.tenant_id = $1 AND s.id = t.to_stage_id" DONE_BY("user_id"),
		"t.lead_id = o.id",
		NULL,
		NULL,
	},
	{
		"record_changes",
		"changed_at",
		"t.kind AS kind, NULL::text AS title, t.changes::text AS text, NULL::text AS outcome, t.entity AS "
		"detail,"
		" t.version AS number, CASE WHEN t.entity = 'leads' THEN t.row_id END AS lead_id,"
		" t.actor_kind AS actor_kind, t.actor_name AS actor_name",
		"",
		"t.entity = 'leads' AND t.row_id = o.id",
		NULL,
		"t.entity = @entity AND t.row_id = @row",
	},
};

static bool is_lead(const struct entity *entity)
{
	return strcmp(entity->plural, lead_entity.plural) == 0;
}

static bool is_contact(const struct entity *entity)
{
	return strcmp(entity->plural, contact_entity.plural) == 0;
}

static const char *condition_of(const struct source *source, const struct entity *entity, enum anchor anchor)
{
	switch (anchor) {
	case BY_LEAD:
		return is_lead(entity) || is_contact(entity) ? source->lead : NULL;
	case BY_CONTACT:
		return is_contact(entity) ? source->contact : NULL;
	case BY_ROW:
		return is_lead(entity) ? NULL : source->row;
	}
	return NULL;
}

static bool is_shown(const struct source *source, const struct timeline_show *show)
{
	return !show->source || strcmp(show->source, source->table) == 0;
}

bool timeline_has(const struct entity *entity, const struct timeline_show *show)
{
	for (size_t i = 0; i < COUNT_OF(sources); i++)
		for (enum anchor anchor = BY_LEAD; anchor <= BY_ROW; anchor++)
			if (is_shown(&sources[i], show) && condition_of(&sources[i], entity, anchor))
				return true;
	return false;
}

/* ---- the statement ---- */

struct build {
	struct arena *arena;
	struct buffer sql;
	struct argument arguments[TIMELINE_ARGUMENTS];
	size_t count;
	struct argument leads, row, entity;
	size_t leads_at, row_at, entity_at; /* numbers of those that were asked for; 0: not yet */
};

static size_t argument(struct build *build, struct argument value, size_t *at)
{
	if (*at == 0) {
		build->arguments[build->count++] = value;
		*at = build->count + 1;
	}
	return *at;
}

/* Constants of the table above, with "@row" and "@entity" as arguments. */
static void add(struct build *build, const char *text)
{
	static const char row[] = "@row", entity[] = "@entity";

	while (*text) {
		if (strncmp(text, row, sizeof row - 1) == 0) {
			buffer_printf(&build->sql, "$%zu", argument(build, build->row, &build->row_at));
			text += sizeof row - 1;
		} else if (strncmp(text, entity, sizeof entity - 1) == 0) {
			buffer_printf(&build->sql, "$%zu", argument(build, build->entity, &build->entity_at));
			text += sizeof entity - 1;
		} else {
			buffer_add_char(&build->sql, *text++);
		}
	}
}

static void add_select(struct build *build, const struct source *source, const char *condition,
		       const struct timeline_show *show)
{
	buffer_printf(&build->sql, "SELECT t.%s AS at, t.id AS id, '%s'::text AS source, ", source->time,
		      source->table);
	add(build, source->columns);
	buffer_printf(&build->sql, " FROM %s t", source->table);
	add(build, source->join);
	add(build, " WHERE t.tenant_id = $1 AND ");
	add(build, condition);
	if (show->only) {
		add(build, " AND ");
		add(build, show->only);
	}
	buffer_printf(&build->sql, " AND (t.%s, t.id) < ($2::timestamptz, $3::uuid)", source->time);
}

static void add_part(struct build *build, const struct source *source, enum anchor anchor, const char *condition,
		     const struct timeline_show *show)
{
	const char *end = source->time;

	if (anchor == BY_LEAD)
		buffer_printf(&build->sql, "(SELECT e.* FROM unnest($%zu::uuid[]) AS o(id) CROSS JOIN LATERAL (",
			      argument(build, build->leads, &build->leads_at));
	else
		add(build, "(");
	add_select(build, source, condition, show);
	if (anchor == BY_CONTACT)
		buffer_printf(&build->sql, " AND (t.lead_id IS NULL OR t.lead_id <> ALL($%zu::uuid[]))",
			      argument(build, build->leads, &build->leads_at));
	buffer_printf(&build->sql, " ORDER BY t.%s DESC, t.id DESC LIMIT 26)", end);
	if (anchor == BY_LEAD)
		add(build, " e)");
}

static void add_parts(struct build *build, const struct entity *entity, const struct timeline_show *show)
{
	bool any = false;

	add(build, "SELECT at, id, source, kind, title, text, outcome, detail, number, lead_id, actor_kind, actor_name"
		   " FROM (");
	for (size_t i = 0; i < COUNT_OF(sources); i++)
		for (enum anchor anchor = BY_LEAD; anchor <= BY_ROW; anchor++) {
			const char *condition = condition_of(&sources[i], entity, anchor);

			if (!condition || !is_shown(&sources[i], show))
				continue;
			add(build, any ? " UNION ALL " : "");
			add_part(build, &sources[i], anchor, condition, show);
			any = true;
		}
	add(build, ") AS happened ORDER BY at DESC, id DESC LIMIT 26");
}

/* ---- reading ---- */

STATEMENT(leads_of_contact, "SELECT id FROM leads WHERE tenant_id = $1 AND contact_id = $2 AND deleted_at IS NULL"
			    " UNION SELECT l.id FROM contacts c JOIN leads l ON l.tenant_id = $1 AND l.id = c.lead_id"
			    " WHERE c.tenant_id = $1 AND c.id = $2 AND l.deleted_at IS NULL LIMIT 100");

/* "{…}" of the leads whose entries are shown. */
static enum err leads_of(struct ttx *tx, const struct record *row, struct str *out)
{
	struct arena *arena = ttx_arena(tx);
	struct buffer ids = BUFFER_IN(arena);
	struct rows *rows;
	enum err err;

	BUFFER_LITERAL(&ids, "{");
	if (is_lead(record_entity(row))) {
		buffer_add_str(&ids, uuid_text(arena, record_id(row)));
	} else if (is_contact(record_entity(row))) {
		err = ttx_rows(tx, &leads_of_contact, ARGS(arg_uuid(arena, record_id(row))), &rows);
		if (err)
			return err;
		while (rows_next(rows))
			buffer_printf(&ids, "%s%.*s", ids.length > 1 ? "," : "", STR_FMT_ARG(rows_str(rows, 0)));
	}
	BUFFER_LITERAL(&ids, "}");
	*out = buffer_str(&ids);
	return OK;
}

static void read_entry(const struct rows *rows, struct timeline_entry *out)
{
	*out = (struct timeline_entry){
		.at = rows_instant(rows, 0),
		.id = rows_uuid(rows, 1),
		.source = rows_str(rows, 2),
		.kind = rows_str(rows, 3),
		.title = rows_str(rows, 4),
		.text = rows_str(rows, 5),
		.outcome = rows_str(rows, 6),
		.detail = rows_str(rows, 7),
		.number = rows_int(rows, 8),
		.lead = rows_uuid(rows, 9),
		.actor_kind = rows_str(rows, 10),
		.actor_name = rows_str(rows, 11),
	};
	if (str_absent(out->actor_kind) && !str_absent(out->actor_name))
		out->actor_kind = STR("user");
}

void timeline_statement(struct arena *arena, const struct record *row, struct str leads,
			const struct timeline_show *show, const struct history_place *after,
			struct timeline_statement *out)
{
	struct build build = {.arena = arena, .sql = BUFFER_IN(arena)};

	build.arguments[build.count++] = after->at ? arg_instant(arena, after->at) : arg_text("infinity");
	build.arguments[build.count++] = arg_uuid(arena, after->id);
	build.leads = arg_str(leads);
	build.row = arg_uuid(arena, record_id(row));
	build.entity = arg_text(record_entity(row)->plural);
	add_parts(&build, record_entity(row), show);
	out->sql = buffer_str(&build.sql);
	out->count = build.count;
	memcpy(out->arguments, build.arguments, sizeof build.arguments);
}

/* NULL: rows of that entity have no such entries. */
static struct rows *send_page(struct ttx *tx, const struct record *row, struct str leads,
			      const struct timeline_show *show, const struct history_place *after)
{
	struct timeline_statement statement;

	if (!timeline_has(record_entity(row), show))
		return NULL;
	timeline_statement(ttx_arena(tx), row, leads, show, after, &statement);
	return ttx_send_text(tx, "timeline", statement.sql, (struct arguments){statement.arguments, statement.count});
}

static enum err read_page(struct ttx *tx, struct rows *sent, struct timeline_page **out)
{
	struct timeline_page *page = ARENA_NEW(ttx_arena(tx), struct timeline_page);
	enum err err = sent ? rows_wait(sent) : OK;

	*out = page;
	if (err || !sent)
		return err;
	page->more = rows_count(sent) > TIMELINE_MOST;
	while (page->count < TIMELINE_MOST && rows_next(sent))
		read_entry(sent, &page->entries[page->count++]);
	return OK;
}

enum err timeline_read(struct ttx *tx, const struct record *row, const struct timeline_show *show,
		       const struct history_place *after, struct timeline_page **pinned, struct timeline_page **out)
{
	struct history_place start = {0};
	struct rows *first = NULL, *second;
	struct str leads;
	enum err err = leads_of(tx, row, &leads);

	if (err)
		return err;
	if (pinned)
		first = send_page(tx, row, leads, timeline_show_find(STR("pinned")), &start);
	second = send_page(tx, row, leads, show, after);
	if (pinned)
		err = read_page(tx, first, pinned);
	return err ? err : read_page(tx, second, out);
}
