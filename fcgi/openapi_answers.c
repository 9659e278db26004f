/* Answers that are no row of an entity, as they are described in the document. The tests hold them against the answers themselves. */
#include "fcgi/openapi_internal.h"

#include "lib/crm/entities.h"

/*
 * One member a line: its path, its type ('?' behind it: may be null, '[]': a list of them), and its format. A '*' in front: it is not always there.
 * A dot in the path is an object within.
 */
struct shape {
	enum method method;
	const char *path;
	bool list; /* rows of these below "data", with "next_cursor" when it has pages */
	bool pages;
	const char *const *members;
	const char *const *more; /* NULL: none */
};

static const char *const health[] = {"status string", NULL};
static const char *const session[] = {"token string",
				      "expires_at string date-time",
				      "user.id string uuid",
				      "user.name string?",
				      "user.email string email",
				      "user.role string",
				      NULL};
static const char *const subdomain[] = {"available boolean", "slug string", "suggestions string[]", NULL};
static const char *const whoami[] = {
	"id string uuid",
	"slug string",
	"name string",
	"industry string",
	"plan_tier string",
	"status string",
	"trial_ends_at string? date-time",
	"limits.leads integer?",
	"limits.users integer?",
	"limits.scrapers integer?",
	"usage.leads integer",
	"usage.users integer",
	"usage.api_calls integer",
	"usage.leads_created integer",
	"usage.period_start string date",
	"usage.period_end string date",
	"caller.kind string",
	"caller.name string?",
	"caller.role string",
	NULL,
};
static const char *const key[] = {
	"id string uuid",
	"name string",
	"role string",
	"prefix string",
	"last_four string",
	"created_by string?",
	"created_at string date-time",
	"last_used_at string? date-time",
	"revoked_at string? date-time",
	"is_active boolean",
	NULL,
};
static const char *const key_secret[] = {"key string", NULL};
static const char *const tenant[] = {
	"id string uuid",
	"name string",
	"slug string",
	"subdomain string",
	"status string",
	"plan_tier string",
	"company_name string?",
	"industry string",
	"website_url string? uri",
	"owner_name string?",
	"owner_email string email",
	"owner_phone string?",
	"max_leads integer?",
	"max_users integer?",
	"max_scrapers integer?",
	"current_lead_count integer",
	"current_user_count integer",
	"trial_ends_at string? date-time",
	"created_at string date-time",
	"updated_at string date-time",
	"version integer",
	NULL,
};
static const char *const tenant_made[] = {"url string uri", "*set_password_url string uri",
					  "*set_password_expires_at string date-time", NULL};

static const char *const batch[] = {"created integer", "failed integer", "results array", NULL};
static const char *const bulk[] = {"id string? uuid", "count integer", "more boolean", NULL};
static const char *const bulk_undone[] = {"undone integer", "left integer", NULL};

static const char *const history_entry[] = {
	"id string uuid",    "kind string",
	"version integer",   "changed_at string date-time",
	"actor.kind string", "actor.id string? uuid",
	"actor.name string", "changes object[]",
	"sentence string",   NULL,
};
static const char *const trash_entry[] = {
	"entity string", "id string uuid", "title string", "deleted_at string date-time", "deleted_by string?", NULL,
};
static const char *const search_group[] = {"entity string", "label string",  "count integer",
					   "more boolean",  "hits object[]", NULL};
static const char *const converted[] = {"lead_id string uuid", "contact_id string uuid", "property_id string? uuid",
					"already_converted boolean", NULL};
static const char *const timeline_entry[] = {
	"id string uuid",
	"type string",
	"at string date-time",
	"sentence string",
	"text string?",
	"outcome string?",
	"lead_id string? uuid",
	"actor.kind string?",
	"actor.name string?",
	"changes object[]",
	NULL,
};

static const char *const response_figures[] = {"group string",
					       "label string?",
					       "leads integer",
					       "answered integer",
					       "within_five_minutes integer",
					       "in_time integer",
					       "median_seconds integer?",
					       NULL};
static const char *const board_column[] = {
	"stage_id string uuid", "name string",         "kind string",
	"count integer",        "value_cents integer", "is_capped boolean",
	"after string?",        "cards object[]",      NULL,
};
static const char *const moved[] = {"id string uuid",
				    "version integer",
				    "stage_id string uuid",
				    "status string",
				    "stage_since string date-time",
				    NULL};
static const char *const day_task[] = {
	"id string uuid",
	"version integer",
	"part string",
	"title string",
	"kind string",
	"priority string",
	"due_at string date-time",
	"shown_at string date-time",
	"assignee string?",
	"lead_id string? uuid",
	"contact_id string? uuid",
	"who string?",
	"phone string?",
	NULL,
};
static const char *const task_state[] = {"id string uuid",
					 "version integer",
					 "status string",
					 "due_at string date-time",
					 "snoozed_until string? date-time",
					 "completed_at string? date-time",
					 NULL};
static const char *const cadence_run[] = {
	"cadence string",
	"started_at string date-time",
	"stopped_at string? date-time",
	"stop_reason string?",
	"open_tasks integer",
	"total_tasks integer",
	NULL,
};

static const char *const sample_part[] = {"entity string", "rows integer", "attached integer", "untagged integer",
					  NULL};

static const char *const web_request[] = {
	"id string uuid",
	"state string",
	"lead_id string? uuid",
	"known_as string?",
	"fields object",
	"attribution object",
	"consent_text string?",
	"address string",
	"user_agent string",
	"created_at string date-time",
	NULL,
};
static const char *const requests_taken[] = {"taken integer", "left integer", NULL};
static const char *const requests_discarded[] = {"discarded integer", "left integer", NULL};
static const char *const import_state[] = {
	"id string uuid",
	"entity string",
	"state string",
	"percent integer",
	"file_name string",
	"file_bytes integer",
	"encoding string",
	"delimiter string",
	"letters string?",
	"columns object[]",
	"mode string",
	"match string?",
	"tags string",
	"defaults object",
	"new_enquiries boolean",
	"rows integer",
	"created integer",
	"updated integer",
	"unchanged integer",
	"failed integer",
	"held integer",
	"undone integer",
	"left integer",
	"complaint string?",
	"actor string",
	"created_at string date-time",
	"started_at string? date-time",
	"finished_at string? date-time",
	NULL,
};
static const char *const import_preview_rows[] = {"*preview object[]", "*room integer?", NULL};
static const char *const import_refused[] = {"number integer", "held boolean", "cells string[]", "reasons string[]",
					     NULL};
static const char *const merge_members[] = {
	"id string uuid",
	"entity string",
	"kept_id string uuid",
	"kept_title string",
	"removed_id string uuid",
	"removed_title string",
	"moved integer",
	"actor string",
	"created_at string date-time",
	"undone_at string? date-time",
	NULL,
};
static const char *const merge_record[] = {"record object", NULL};
static const char *const merge_undone[] = {"moved_back integer", "left integer", "sentence string", NULL};
static const char *const merge_batch[] = {"merged integer", "failed integer", "results object[]", NULL};
static const char *const merge_looked_at[] = {"keep object",         "remove object",         "fields object[]",
					      "tags_added string[]", "tags_dropped string[]", "moves object[]",
					      "moves_words string",  "rows integer",          NULL};
static const char *const archive_state[] = {
	"id string uuid",
	"state string",
	"at_work string?",
	"rows integer",
	"file_name string",
	"bytes integer",
	"sha256 string?",
	"is_there boolean",
	"actor string",
	"created_at string date-time",
	"finished_at string? date-time",
	"expires_at string? date-time",
	NULL,
};
static const char *const export_entry[] = {
	"id string uuid",
	"entity string",
	"format string",
	"query string",
	"rows integer",
	"is_whole boolean",
	"actor_kind string",
	"actor_id string? uuid",
	"actor string",
	"started_at string date-time",
	"finished_at string? date-time",
	NULL,
};
static const char *const duplicate_pair[] = {"id string uuid",
					     "entity string",
					     "first_id string uuid",
					     "second_id string uuid",
					     "reasons string[]",
					     "score integer",
					     "state string",
					     "version integer",
					     "created_at string date-time",
					     "updated_at string date-time",
					     "*first_title string",
					     "*second_title string",
					     NULL};
static const char *const duplicate_search[] = {"looking boolean", "stuck boolean", "found integer",
					       "finished_at string? date-time", NULL};
/* "{plural}" stands for every stored entity's word. */
static const struct shape shapes[] = {
	{METHOD_GET, "/api/{plural}/merge/preview", false, false, merge_looked_at, NULL},
	{METHOD_POST, "/api/{plural}/merge", false, false, merge_members, merge_record},
	{METHOD_GET, "/api/duplicates", true, true, duplicate_pair, NULL},
	{METHOD_GET, "/api/duplicates/search", false, false, duplicate_search, NULL},
	{METHOD_POST, "/api/duplicates/search", false, false, duplicate_search, NULL},
	{METHOD_POST, "/api/duplicates/{id}/dismiss", false, false, duplicate_pair, NULL},
	{METHOD_POST, "/api/duplicates/{id}/reopen", false, false, duplicate_pair, NULL},
	{METHOD_GET, "/api/merges", true, true, merge_members, NULL},
	{METHOD_POST, "/api/merges/batch", false, false, merge_batch, NULL},
	{METHOD_GET, "/api/merges/{id}", false, false, merge_members, NULL},
	{METHOD_POST, "/api/merges/{id}/undo", false, false, merge_members, merge_undone},
	{METHOD_POST, "/api/{plural}/bulk", false, false, bulk, NULL},
	{METHOD_POST, "/api/{plural}/batch", false, false, batch, NULL},
	{METHOD_POST, "/api/bulk/{id}/undo", false, false, bulk_undone, NULL},
	{METHOD_GET, "/api/reports/response", true, false, response_figures, NULL},
	{METHOD_GET, "/api/pipeline", true, false, board_column, NULL},
	{METHOD_POST, "/api/leads/{id}/move", false, false, moved, NULL},
	{METHOD_GET, "/api/my-day", true, false, day_task, NULL},
	{METHOD_POST, "/api/tasks/{id}/done", false, false, task_state, NULL},
	{METHOD_POST, "/api/tasks/{id}/snooze", false, false, task_state, NULL},
	{METHOD_GET, "/api/leads/{id}/cadences", true, false, cadence_run, NULL},
	{METHOD_POST, "/api/leads/{id}/cadences", true, false, cadence_run, NULL},
	{METHOD_POST, "/api/leads/{id}/cadences/stop", true, false, cadence_run, NULL},
	{METHOD_GET, "/api/sample-data", true, false, sample_part, NULL},
	{METHOD_POST, "/api/sample-data", true, false, sample_part, NULL},
	{METHOD_DELETE, "/api/sample-data", true, false, sample_part, NULL},
	{METHOD_GET, "/api/exports", true, false, export_entry, NULL},
	{METHOD_GET, "/api/archives", true, false, archive_state, NULL},
	{METHOD_POST, "/api/archives", false, false, archive_state, NULL},
	{METHOD_GET, "/api/archives/{id}", false, false, archive_state, NULL},
	{METHOD_GET, "/api/imports", true, false, import_state, NULL},
	{METHOD_POST, "/api/imports", false, false, import_state, NULL},
	{METHOD_GET, "/api/imports/{id}", false, false, import_state, import_preview_rows},
	{METHOD_POST, "/api/imports/{id}/start", false, false, import_state, NULL},
	{METHOD_POST, "/api/imports/{id}/stop", false, false, import_state, NULL},
	{METHOD_POST, "/api/imports/{id}/held", false, false, import_state, NULL},
	{METHOD_POST, "/api/imports/{id}/undo", false, false, import_state, NULL},
	{METHOD_GET, "/api/imports/{id}/failed", true, false, import_refused, NULL},
	{METHOD_GET, "/api/web_forms/{id}/requests", true, true, web_request, NULL},
	{METHOD_POST, "/api/web_forms/{id}/held", false, false, requests_taken, NULL},
	{METHOD_POST, "/api/web_forms/{id}/held/discard", false, false, requests_discarded, NULL},
	{METHOD_GET, "/health", false, false, health, NULL},
	{METHOD_GET, "/ready", false, false, health, NULL},
	{METHOD_POST, "/api/auth/login", false, false, session, NULL},
	{METHOD_GET, "/api/onboarding/subdomain", false, false, subdomain, NULL},
	{METHOD_GET, "/api/tenant", false, false, whoami, NULL},
	{METHOD_GET, "/api/api-keys", true, false, key, NULL},
	{METHOD_POST, "/api/api-keys", false, false, key, key_secret},
	{METHOD_GET, "/api/{plural}/{id}/history", true, true, history_entry, NULL},
	{METHOD_POST, "/api/leads/{id}/convert", false, false, converted, NULL},
	{METHOD_GET, "/api/search", true, false, search_group, NULL},
	{METHOD_GET, "/api/trash", true, true, trash_entry, NULL},
	{METHOD_GET, "/api/leads/{id}/timeline", true, true, timeline_entry, NULL},
	{METHOD_GET, "/api/contacts/{id}/timeline", true, true, timeline_entry, NULL},
	{METHOD_GET, "/api/admin/tenants", true, true, tenant, NULL},
	{METHOD_POST, "/api/admin/tenants", false, false, tenant, tenant_made},
	{METHOD_GET, "/api/admin/tenants/{id}", false, false, tenant, NULL},
	{METHOD_PATCH, "/api/admin/tenants/{id}", false, false, tenant, NULL},
};
/* What stands beside an entity's own members. */
static const char *const user_made[] = {"*set_password_url string uri", "*set_password_expires_at string date-time",
					NULL};

static void put_type(struct value *schema, struct str type)
{
	struct arena *arena = value_arena(schema);

	if (str_ends(type, STR("?"))) {
		struct value *types = value_put_list(schema, "type");

		value_append(types, value_str(arena, (struct str){type.p, type.n - 1}));
		value_append(types, value_text(arena, "null"));
	} else if (str_ends(type, STR("[]"))) {
		value_put_text(schema, "type", "array");
		value_put_str(value_put_map(schema, "items"), "type", (struct str){type.p, type.n - 2});
	} else {
		value_put_str(schema, "type", type);
	}
}

static struct value *list_of(struct value *map, const char *name)
{
	struct value *found = openapi_member(map, name);

	return found ? found : value_put_list(map, name);
}

static struct value *object_of(struct value *map, const char *name)
{
	struct value *found = openapi_member(map, name);

	return found ? found : value_put_map(map, name);
}

static void put_member(struct value *schema, const char *line)
{
	struct arena *arena = value_arena(schema);
	bool always = *line != '*';
	struct str format = str_from(always ? line : line + 1), path = str_split(&format, ' '),
		   type = str_split(&format, ' ');
	struct value *object = schema, *member;

	for (;;) {
		struct str name = str_split(&path, '.');
		const char *key_name = arena_c_string(arena, name);

		value_put_text(object, "type", "object");
		if (always && !openapi_lists(list_of(object, "required"), name))
			value_append(list_of(object, "required"), value_str(arena, name));
		member = object_of(object_of(object, "properties"), key_name);
		if (str_absent(path))
			break;
		object = member;
	}
	put_type(member, type);
	if (!str_absent(format))
		value_put_str(member, "format", format);
}

static void put_members(struct value *schema, const char *const *lines)
{
	for (; lines && *lines; lines++)
		put_member(schema, *lines);
}

/* Bodies that no entity describes; written as the answers are, what may be left out with a '*'. */
static const struct {
	const char *path;
	const char *const *members;
} bodies[] = {
	{"/api/{plural}/merge", (const char *const[]){"keep string uuid", "remove string uuid", "*keep_version integer",
						      "*remove_version integer", "*fields object", NULL}},
	{"/api/merges/batch", (const char *const[]){"entity string", "pairs object[]", NULL}},
	{"/api/web_forms/{id}/held/discard", (const char *const[]){"ids string[]", NULL}},
};

bool openapi_own_body(const struct route *route, struct value *schema)
{
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		if (route->method != METHOD_POST || !openapi_is_path(bodies[i].path, route))
			continue;
		if (schema)
			put_members(schema, bodies[i].members);
		return true;
	}
	return false;
}

bool openapi_is_path(const char *path, const struct route *route)
{
	static const char plural[] = "/api/{plural}/";
	struct str rest = str_from(route->path), word;

	if (strncmp(path, plural, sizeof plural - 1) != 0)
		return strcmp(path, route->path) == 0;
	(void)str_split(&rest, '/');
	(void)str_split(&rest, '/');
	word = str_split(&rest, '/');
	return entity_find(word) != NULL && str_is(rest, path + sizeof plural - 1);
}

bool openapi_answer(const struct route *route, struct value *schema)
{
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		const struct shape *shape = &shapes[i];
		struct value *row = schema;

		if (shape->method != route->method || !openapi_is_path(shape->path, route))
			continue;
		if (shape->list) {
			row = value_map(value_arena(schema));
			openapi_put_list(schema, row, shape->pages);
		}
		put_members(row, shape->members);
		put_members(row, shape->more);
		return true;
	}
	return false;
}

void openapi_answer_more(const struct route *route, struct value *schema)
{
	if (route->method == METHOD_POST && strcmp(route->path, "/api/users") == 0)
		put_members(schema, user_made);
}
