/* The members of answers that are no row of an entity. The tests hold them against the answers themselves. */
#include "fcgi/openapi_internal.h"
#include "fcgi/route.h"

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

#define ERROR_MEMBERS(of) of "errors[].field string?", of "errors[].code string", of "errors[].message string"
#define CHANGE_MEMBERS                                                                                                 \
	"changes[].field string", "changes[].label string", "changes[].from string?", "changes[].to string?"

static const char *const batch[] = {
	"created integer",
	"failed integer",
	"results[].index integer",
	"results[].status integer",
	"results[].id string? uuid",
	ERROR_MEMBERS("results[]."),
	NULL,
};
static const char *const bulk[] = {"id string? uuid", "count integer", "more boolean", NULL};
static const char *const bulk_undone[] = {"undone integer", "left integer", NULL};

static const char *const history_entry[] = {
	"id string uuid",    "kind string",
	"version integer",   "changed_at string date-time",
	"actor.kind string", "actor.id string? uuid",
	"actor.name string", CHANGE_MEMBERS,
	"sentence string",   NULL,
};
static const char *const trash_entry[] = {
	"entity string", "id string uuid", "title string", "deleted_at string date-time", "deleted_by string?", NULL,
};
static const char *const search_group[] = {
	"entity string",         "label string",        "count integer",        "more boolean",
	"hits[].id string uuid", "hits[].title string", "hits[].facts string?", NULL};
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
	CHANGE_MEMBERS,
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
	"stage_id string uuid",
	"name string",
	"kind string",
	"count integer",
	"value_cents integer",
	"is_capped boolean",
	"after string?",
	"cards[].id string uuid",
	"cards[].version integer",
	"cards[].name string",
	"cards[].company string?",
	"cards[].phone string?",
	"cards[].urgency string?",
	"cards[].tier string",
	"cards[].owner string?",
	"cards[].value_cents integer",
	"cards[].stage_since string date-time",
	"cards[].is_stale boolean",
	NULL,
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
static const char *const more_of_day[] = {"has_more boolean", NULL};
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
	"columns[].header string",
	"columns[].field string?",
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
static const char *const import_preview_rows[] = {"*preview[].number integer",
						  "*preview[].outcome string",
						  "*preview[].cells string[]",
						  ERROR_MEMBERS("*preview[]."),
						  "*room integer?",
						  "*targets[].field string",
						  "*targets[].label string",
						  NULL};
static const char *const import_refused[] = {"number integer", "held boolean", "cells string[]", "reasons string[]",
					     NULL};
static const char *const import_after[] = {"after integer?", NULL};
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
static const char *const merge_batch[] = {
	"merged integer",
	"failed integer",
	"results[].index integer",
	"results[].status integer",
	"results[].merge_id string? uuid",
	"results[].kept_id string? uuid",
	ERROR_MEMBERS("results[]."),
	NULL,
};
static const char *const merge_looked_at[] = {
	"keep object",
	"remove object",
	"fields[].field string",
	"fields[].keep string?",
	"fields[].remove string?",
	"fields[].chosen string",
	"fields[].choosable boolean",
	"fields[].joinable boolean",
	"fields[].loses boolean",
	"tags_added string[]",
	"tags_dropped string[]",
	"moves[].kind string",
	"moves[].column string",
	"moves[].count integer",
	"moves_words string",
	"rows integer",
	NULL,
};
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
static const char *const export_before[] = {"next_before string? uuid", NULL};
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
static const struct openapi_shape shapes[] = {
	{METHOD_GET, "/api/{plural}/merge/preview", false, false, merge_looked_at, NULL, NULL},
	{METHOD_POST, "/api/{plural}/merge", false, false, merge_members, merge_record, NULL},
	{METHOD_GET, "/api/duplicates", true, true, duplicate_pair, NULL, NULL},
	{METHOD_GET, "/api/duplicates/search", false, false, duplicate_search, NULL, NULL},
	{METHOD_POST, "/api/duplicates/search", false, false, duplicate_search, NULL, NULL},
	{METHOD_POST, "/api/duplicates/{id}/dismiss", false, false, duplicate_pair, NULL, NULL},
	{METHOD_POST, "/api/duplicates/{id}/reopen", false, false, duplicate_pair, NULL, NULL},
	{METHOD_GET, "/api/merges", true, true, merge_members, NULL, NULL},
	{METHOD_POST, "/api/merges/batch", false, false, merge_batch, NULL, NULL},
	{METHOD_GET, "/api/merges/{id}", false, false, merge_members, NULL, NULL},
	{METHOD_POST, "/api/merges/{id}/undo", false, false, merge_members, merge_undone, NULL},
	{METHOD_POST, "/api/{plural}/bulk", false, false, bulk, NULL, NULL},
	{METHOD_POST, "/api/{plural}/batch", false, false, batch, NULL, NULL},
	{METHOD_POST, "/api/bulk/{id}/undo", false, false, bulk_undone, NULL, NULL},
	{METHOD_GET, "/api/reports/response", true, false, response_figures, NULL, NULL},
	{METHOD_GET, "/api/pipeline", true, false, board_column, NULL, NULL},
	{METHOD_POST, "/api/leads/{id}/move", false, false, moved, NULL, NULL},
	{METHOD_GET, "/api/my-day", true, false, day_task, NULL, more_of_day},
	{METHOD_POST, "/api/tasks/{id}/done", false, false, task_state, NULL, NULL},
	{METHOD_POST, "/api/tasks/{id}/snooze", false, false, task_state, NULL, NULL},
	{METHOD_GET, "/api/leads/{id}/cadences", true, false, cadence_run, NULL, NULL},
	{METHOD_POST, "/api/leads/{id}/cadences", true, false, cadence_run, NULL, NULL},
	{METHOD_POST, "/api/leads/{id}/cadences/stop", true, false, cadence_run, NULL, NULL},
	{METHOD_GET, "/api/sample-data", true, false, sample_part, NULL, NULL},
	{METHOD_POST, "/api/sample-data", true, false, sample_part, NULL, NULL},
	{METHOD_DELETE, "/api/sample-data", true, false, sample_part, NULL, NULL},
	{METHOD_GET, "/api/exports", true, false, export_entry, NULL, export_before},
	{METHOD_GET, "/api/archives", true, false, archive_state, NULL, NULL},
	{METHOD_POST, "/api/archives", false, false, archive_state, NULL, NULL},
	{METHOD_GET, "/api/archives/{id}", false, false, archive_state, NULL, NULL},
	{METHOD_GET, "/api/imports", true, true, import_state, NULL, NULL},
	{METHOD_POST, "/api/imports", false, false, import_state, NULL, NULL},
	{METHOD_GET, "/api/imports/{id}", false, false, import_state, import_preview_rows, NULL},
	{METHOD_POST, "/api/imports/{id}/start", false, false, import_state, NULL, NULL},
	{METHOD_POST, "/api/imports/{id}/stop", false, false, import_state, NULL, NULL},
	{METHOD_POST, "/api/imports/{id}/held", false, false, import_state, NULL, NULL},
	{METHOD_POST, "/api/imports/{id}/undo", false, false, import_state, NULL, NULL},
	{METHOD_GET, "/api/imports/{id}/failed", true, false, import_refused, NULL, import_after},
	{METHOD_GET, "/api/web_forms/{id}/requests", true, true, web_request, NULL, NULL},
	{METHOD_POST, "/api/web_forms/{id}/held", false, false, requests_taken, NULL, NULL},
	{METHOD_POST, "/api/web_forms/{id}/held/discard", false, false, requests_discarded, NULL, NULL},
	{METHOD_GET, "/health", false, false, health, NULL, NULL},
	{METHOD_GET, "/ready", false, false, health, NULL, NULL},
	{METHOD_POST, "/api/auth/login", false, false, session, NULL, NULL},
	{METHOD_GET, "/api/onboarding/subdomain", false, false, subdomain, NULL, NULL},
	{METHOD_GET, "/api/tenant", false, false, whoami, NULL, NULL},
	{METHOD_GET, "/api/api-keys", true, false, key, NULL, NULL},
	{METHOD_POST, "/api/api-keys", false, false, key, key_secret, NULL},
	{METHOD_GET, "/api/{plural}/{id}/history", true, true, history_entry, NULL, NULL},
	{METHOD_POST, "/api/leads/{id}/convert", false, false, converted, NULL, NULL},
	{METHOD_GET, "/api/search", true, false, search_group, NULL, NULL},
	{METHOD_GET, "/api/trash", true, true, trash_entry, NULL, NULL},
	{METHOD_GET, "/api/leads/{id}/timeline", true, true, timeline_entry, NULL, NULL},
	{METHOD_GET, "/api/contacts/{id}/timeline", true, true, timeline_entry, NULL, NULL},
	{METHOD_GET, "/api/admin/tenants", true, true, tenant, NULL, NULL},
	{METHOD_POST, "/api/admin/tenants", false, false, tenant, tenant_made, NULL},
	{METHOD_GET, "/api/admin/tenants/{id}", false, false, tenant, NULL, NULL},
	{METHOD_PATCH, "/api/admin/tenants/{id}", false, false, tenant, NULL, NULL},
};

const struct openapi_shape *openapi_shape_of(const struct route *route)
{
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		if (shapes[i].method == route->method && route_path_is(shapes[i].path, route))
			return &shapes[i];
	return NULL;
}
