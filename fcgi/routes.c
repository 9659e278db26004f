/*
 * The route table. A row says everything that decides about a request before its handler runs; a column left out is 0 and refuses to start.
 */
#include "fcgi/bulk.h"
#include "fcgi/handlers.h"
#include "fcgi/route_rows.h"

#include "lib/crm/contact.h"
#include "lib/crm/convert.h"
#include "lib/crm/entities.h"
#include "lib/crm/inputs.h"
#include "lib/crm/lead.h"
#include "lib/crm/property.h"
#include "lib/crm/response.h"
#include "lib/crm/saved_view.h"
#include "lib/crm/task.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/profile.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/session.h"
#include "lib/tenant/signup.h"
#include "lib/tenant/user.h"

#define PUBLIC WHO_ANYONE, CAN_NOTHING, FEATURE_ANY
#define MEMBER(permission) WHO_MEMBER, permission, FEATURE_ANY
#define PERSON(permission) WHO_SESSION, permission, FEATURE_ANY
#define STRANGER WHO_STRANGER, CAN_NOTHING, FEATURE_ANY
#define OPERATOR WHO_OPERATOR, CAN_NOTHING, FEATURE_ANY
#define PAGE FACE_PAGE
#define API FACE_API
#define RAW FACE_RAW
#define TENANT_API (ON_TENANT | ON_API)

/* clang-format off */
/* Of each entity whose rows can be merged (lib/crm/merge.h): the other one goes to the trash, so it takes what deleting takes. */
#define MERGING(plural, entity) \
	{METHOD_GET, "/" plural "/{id}/merge", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_READ, POOL_WEB, WORK_TENANT_READ, merge_page, "merge/show", "merge/find", &entity, 200, false, NULL}, \
	{METHOD_POST, "/" plural "/{id}/merge", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_do_page, NULL, "merge/show", &entity, 303, false, NULL}, \
	{METHOD_GET, "/api/" plural "/merge/preview", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, merge_preview_api, NULL, NULL, NULL, 200, false, "What a merge of two " plural " would keep, move and lose."}, \
	{METHOD_POST, "/api/" plural "/merge", TENANT_API, API, MEMBER(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_api, NULL, NULL, NULL, 200, true, "Merge two " plural ": fields chosen one by one, the others kept or filled where they are empty."}

static const struct route own_routes[] = {
	/* method, path, hosts, face, who can feature, rate, pool, work, handler, template, retry template, entity, status, idempotent, summary */

	/* ---- process and documents ---- */
	{METHOD_GET, "/health", ON_ANY, RAW, PUBLIC, RATE_FREE, POOL_WEB, WORK_NONE, health, NULL, NULL, NULL, 200, false, "Whether the process answers."},
	{METHOD_GET, "/ready", ON_ANY, RAW, PUBLIC, RATE_FREE, POOL_WEB, WORK_NONE, ready, NULL, NULL, NULL, 200, false, "Whether the database is there and its schema is current."},
	{METHOD_GET, "/openapi.json", ON_ANY, RAW, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, openapi_document, NULL, NULL, NULL, 200, false, "This document."},
	{METHOD_GET, "/docs", ON_ANY, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, docs_page, "public/docs", NULL, NULL, 200, false, NULL},

	/* ---- public site ---- */
	{METHOD_GET, "/", ON_APEX, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, home_page, "public/home", NULL, NULL, 200, false, NULL},

	/* ---- sign-up ---- */
	{METHOD_GET, "/", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, app_home, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/login", ON_APEX | ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, find_workspace_form, "public/find_workspace", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/login", ON_APEX | ON_APP, PAGE, PUBLIC, RATE_LOGIN, POOL_WEB, WORK_NONE, find_workspace, NULL, "public/find_workspace", NULL, 303, false, NULL},
	{METHOD_GET, "/onboarding", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_start, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/onboarding/company", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_company_form, "onboarding/company", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/onboarding/company", ON_APP, PAGE, PUBLIC, RATE_SIGNUP, POOL_WEB, WORK_SYSTEM_WRITE, onboarding_company, NULL, "onboarding/company", &signup_company_entity, 303, false, NULL},
	{METHOD_GET, "/onboarding/logo", ON_APP, RAW, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_logo, NULL, NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/onboarding/owner", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_owner_form, "onboarding/owner", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/onboarding/owner", ON_APP, PAGE, PUBLIC, RATE_SIGNUP, POOL_PASSWORD, WORK_SYSTEM_WRITE, onboarding_owner, NULL, "onboarding/owner", &signup_owner_entity, 303, false, NULL},
	{METHOD_GET, "/onboarding/subdomain", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_subdomain_form, "onboarding/subdomain", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/onboarding/subdomain", ON_APP, PAGE, PUBLIC, RATE_SIGNUP, POOL_WEB, WORK_SYSTEM_WRITE, onboarding_subdomain, NULL, "onboarding/subdomain", &signup_subdomain_entity, 303, false, NULL},
	{METHOD_GET, "/onboarding/plan", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_plan_form, "onboarding/plan", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/onboarding/plan", ON_APP, PAGE, PUBLIC, RATE_SIGNUP, POOL_WEB, WORK_SYSTEM_WRITE, onboarding_plan, NULL, "onboarding/plan", &signup_plan_entity, 303, false, NULL},
	{METHOD_GET, "/onboarding/done", ON_APP, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_done, "onboarding/done", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/onboarding/open", ON_APP, PAGE, PUBLIC, RATE_SIGNUP, POOL_WEB, WORK_SYSTEM_WRITE, onboarding_open, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/api/onboarding/subdomain", ON_APP | ON_APEX | ON_API, API, PUBLIC, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, onboarding_check, NULL, NULL, NULL, 200, false, "Whether a subdomain is free, and free ones like it."},

	/* ---- signing in ---- */
	{METHOD_GET, "/login", ON_TENANT, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_TENANT_READ, login_form, "auth/login", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/login", ON_TENANT, PAGE, PUBLIC, RATE_LOGIN, POOL_PASSWORD, WORK_TENANT_WRITE, login, NULL, "auth/login", &login_entity, 303, false, NULL},
	{METHOD_POST, "/logout", ON_TENANT, PAGE, PERSON(CAN_NOTHING), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, logout, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/handover", ON_TENANT, PAGE, PUBLIC, RATE_LOGIN, POOL_WEB, WORK_TENANT_WRITE, handover, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/password", ON_TENANT, PAGE, PUBLIC, RATE_LOGIN, POOL_WEB, WORK_TENANT_READ, password_form, "auth/password", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/password", ON_TENANT, PAGE, PUBLIC, RATE_LOGIN, POOL_PASSWORD, WORK_TENANT_WRITE, password_set, NULL, "auth/password", &password_entity, 303, false, NULL},
	{METHOD_POST, "/api/auth/login", ON_TENANT, API, PUBLIC, RATE_LOGIN, POOL_PASSWORD, WORK_TENANT_WRITE, api_login, NULL, NULL, &login_entity, 200, false, "Sign in with e-mail and password; the token is a Bearer token."},
	{METHOD_POST, "/api/auth/logout", TENANT_API, API, PERSON(CAN_NOTHING), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, api_logout, NULL, NULL, NULL, 204, false, "End the session of the token."},

	/* ---- a person's own account ---- */
	{METHOD_GET, "/account", ON_TENANT, PAGE, PERSON(CAN_NOTHING), RATE_READ, POOL_WEB, WORK_TENANT_READ, account_page, "account", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/account", ON_TENANT, PAGE, PERSON(CAN_NOTHING), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, account_save, NULL, "account", &account_entity, 303, false, NULL},
	{METHOD_POST, "/account/password", ON_TENANT, PAGE, PERSON(CAN_NOTHING), RATE_LOGIN, POOL_PASSWORD, WORK_TENANT_WRITE, account_password, NULL, "account", &password_change_entity, 303, false, NULL},
	{METHOD_GET, "/api/account", TENANT_API, API, PERSON(CAN_NOTHING), RATE_READ, POOL_WEB, WORK_TENANT_READ, account_api, NULL, NULL, &account_entity, 200, false, "Your own account."},
	{METHOD_PATCH, "/api/account", TENANT_API, API, PERSON(CAN_NOTHING), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, account_update_api, NULL, NULL, &account_entity, 200, false, "Change your own name, phone or time zone; needs If-Match."},
	{METHOD_POST, "/api/account/password", TENANT_API, API, PERSON(CAN_NOTHING), RATE_LOGIN, POOL_PASSWORD, WORK_TENANT_WRITE, account_password_api, NULL, NULL, &password_change_entity, 204, false, "Change your own password; ends your other sessions."},

	/* ---- the workspace ---- */
	{METHOD_GET, "/", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, dashboard, "dashboard", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/tenant", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, api_tenant, NULL, NULL, NULL, 200, false, "Who am I: workspace, plan, limits, usage."},
	{METHOD_GET, "/api/openapi.json", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, openapi_document_own, NULL, NULL, NULL, 200, false, "This document with the fields of your own."},
	{METHOD_GET, "/logo", ON_TENANT, RAW, PUBLIC, RATE_FREE, POOL_WEB, WORK_TENANT_READ, tenant_logo, NULL, NULL, NULL, 200, false, NULL},

	/* ---- search, and keys ---- */
	{METHOD_GET, "/search", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, search_page, "search", "search", NULL, 200, false, NULL},
	{METHOD_GET, "/api/search", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, search_api, NULL, NULL, NULL, 200, false, "Search all records at once: the newest matches of each kind, and how many there are, to 25."},
	{METHOD_GET, "/shortcuts", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, shortcuts_page, "shortcuts", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/shortcuts", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_WRITE, POOL_WEB, WORK_TENANT_READ, shortcuts_save, NULL, "shortcuts", NULL, 303, false, NULL},

	/* ---- speed to lead ---- */
	{METHOD_GET, "/settings/response", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, response_rules_page, "settings/response", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/settings/response", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, response_rules_save, NULL, "settings/response", &response_rules_entity, 303, false, NULL},
	{METHOD_GET, "/api/settings/response", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, response_rules_api, NULL, NULL, &response_rules_entity, 200, false, "Opening hours, holidays, and how soon a lead is to be answered."},
	{METHOD_PUT, "/api/settings/response", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, response_rules_put, NULL, NULL, &response_rules_entity, 200, false, "Set them all; what is left out is the default."},
	{METHOD_GET, "/api/reports/response", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, response_report_api, NULL, NULL, NULL, 200, false, "How fast leads of the last 30 days were answered: all, by source, by user."},

	/* ---- pipeline ---- */
	{METHOD_GET, "/pipeline", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, pipeline_page, "pipeline", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/leads/{id}/move", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_READ, POOL_WEB, WORK_TENANT_READ, lead_move_form, "pipeline_move", NULL, &lead_entity, 200, false, NULL},
	{METHOD_POST, "/leads/{id}/move", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, lead_move_page, NULL, "pipeline_move", &lead_move_entity, 303, false, NULL},
	{METHOD_GET, "/api/pipeline", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, pipeline_api, NULL, NULL, NULL, 200, false, "The board: stages with count, value and the first 25 cards; stage and after for the rest of one, owner for one person's."},
	{METHOD_POST, "/api/leads/{id}/move", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, lead_move_api, NULL, NULL, &lead_move_entity, 200, false, "Move a lead to a stage and a place in it; needs If-Match. A lost one says why."},

	/* ---- tasks and cadences ---- */
	{METHOD_GET, "/my-day", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, my_day_page, "my_day", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/tasks/{id}/done", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, task_done_page, NULL, NULL, &task_entity, 303, false, NULL},
	{METHOD_POST, "/tasks/{id}/snooze", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, task_snooze_page, NULL, NULL, &task_snooze_entity, 303, false, NULL},
	{METHOD_GET, "/leads/{id}/cadences", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, cadences_page, "entity/cadences", NULL, &lead_entity, 200, false, NULL},
	{METHOD_POST, "/leads/{id}/cadences", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, cadence_start_page, NULL, "entity/cadences", &cadence_start_entity, 303, false, NULL},
	{METHOD_POST, "/leads/{id}/cadences/stop", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, cadence_stop_page, NULL, NULL, &lead_entity, 303, false, NULL},
	{METHOD_GET, "/api/my-day", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, my_day_api, NULL, NULL, NULL, 200, false, "Open tasks that are overdue, due in the next seven days or snoozed; who=all for everybody's."},
	{METHOD_POST, "/api/tasks/{id}/done", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, task_done_api, NULL, NULL, NULL, 200, false, "Mark a task as done; one that repeats makes its next."},
	{METHOD_POST, "/api/tasks/{id}/snooze", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, task_snooze_api, NULL, NULL, &task_snooze_entity, 200, false, "Put a task off."},
	{METHOD_GET, "/api/leads/{id}/cadences", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, cadences_api, NULL, NULL, NULL, 200, false, "The follow-ups (cadences) that run or have run on a lead."},
	{METHOD_POST, "/api/leads/{id}/cadences", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, cadence_start_api, NULL, NULL, &cadence_start_entity, 200, false, "Start a follow-up (a cadence) on a lead: its tasks are made."},
	{METHOD_POST, "/api/leads/{id}/cadences/stop", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, cadence_stop_api, NULL, NULL, NULL, 200, false, "Stop what runs on a lead; its open tasks are cancelled."},

	/* ---- web forms: the first two for strangers ---- */
	{METHOD_GET, "/f/{id}", ON_TENANT, PAGE, STRANGER, RATE_READ, POOL_WEB, WORK_TENANT_READ, web_form_page, "public/web_form", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/f/{id}", ON_TENANT, PAGE, STRANGER, RATE_READ, POOL_WEB, WORK_TENANT_WRITE, web_form_send, NULL, "public/web_form", NULL, 303, false, NULL},
	{METHOD_GET, "/web_forms/{id}/website", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, web_form_website, "web_form/website", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/web_forms/{id}/held", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, web_form_held, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/web_forms/{id}/held/discard", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, web_form_discard, NULL, "web_form/website", NULL, 303, false, NULL},
	{METHOD_GET, "/api/web_forms/{id}/requests", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, web_form_requests_api, NULL, NULL, NULL, 200, false, "What was sent by the web form, word for word, the newest first, 100 at a time."},
	{METHOD_POST, "/api/web_forms/{id}/held", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, web_form_held_api, NULL, NULL, NULL, 200, false, "Make leads of at most 50 requests that wait for room in the plan, the oldest first."},
	{METHOD_POST, "/api/web_forms/{id}/held/discard", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, web_form_discard_api, NULL, NULL, NULL, 200, false, "Discard up to 100 requests that wait, for good: spam needs no room in the plan."},

	/* ---- imports ---- */
	{METHOD_GET, "/imports", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, imports_page, "imports/list", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/imports/new", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, import_new_page, "imports/new", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/imports", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_create_page, NULL, "imports/new", NULL, 303, false, NULL},
	{METHOD_GET, "/imports/{id}", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, import_show_page, "imports/show", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/imports/{id}", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_change_page, NULL, "imports/show", NULL, 303, false, NULL},
	{METHOD_POST, "/imports/{id}/discard", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_discard_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/imports/{id}/stop", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_stop_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/imports/{id}/held", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_held_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/imports/{id}/undo", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_undo_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/imports/{id}/failed", ON_TENANT, RAW, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_SNAPSHOT, import_failed_file, NULL, NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/imports", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, imports_api, NULL, NULL, NULL, 200, false, "Imports, the newest first, fifty at a time."},
	{METHOD_POST, "/api/imports", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_create_api, NULL, NULL, NULL, 201, true, "Import a CSV file (multipart/form-data: file, entity, and encoding, delimiter, mode, match, tags, mapping, defaults, new_enquiries); start=no leaves a draft with a preview."},
	{METHOD_GET, "/api/imports/{id}", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, import_api, NULL, NULL, NULL, 200, false, "How far an import is and what its rows came to; of a draft, a preview of the first rows and the fields that columns may fill."},
	{METHOD_DELETE, "/api/imports/{id}", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_discard_api, NULL, NULL, NULL, 204, false, "Discard a draft with its file; 409 once the import has begun."},
	{METHOD_POST, "/api/imports/{id}/start", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_start_api, NULL, NULL, NULL, 200, false, "Start a draft, with mapping, mode, match, tags, defaults and new_enquiries as given."},
	{METHOD_POST, "/api/imports/{id}/stop", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_stop_api, NULL, NULL, NULL, 200, false, "Stop an import; what was taken stays."},
	{METHOD_POST, "/api/imports/{id}/held", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_held_api, NULL, NULL, NULL, 200, false, "Take the rows that the plan's limit held back."},
	{METHOD_POST, "/api/imports/{id}/undo", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, import_undo_api, NULL, NULL, NULL, 200, false, "Take an import back: new records to the trash, updated ones as they were."},
	{METHOD_GET, "/api/imports/{id}/failed", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, import_failed_api, NULL, NULL, NULL, 200, false, "The rows that were not taken, with the reasons; 500 at a time, after=<number> for those behind."},

	/* ---- merging ---- */
	MERGING("leads", lead_entity),
	MERGING("contacts", contact_entity),
	MERGING("properties", property_entity),
	{METHOD_POST, "/duplicates/merge", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_queued_page, NULL, "merge/refused", NULL, 303, false, NULL},
	/* ---- duplicates ---- */
	{METHOD_GET, "/duplicates", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, duplicates_page, "duplicates/list", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/duplicates/search", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicates_search_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/duplicates/{id}/dismiss", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicate_dismiss_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/duplicates/{id}/reopen", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicate_reopen_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/api/duplicates", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, duplicates_api, NULL, NULL, NULL, 200, false, "Pairs of rows that look like the same person or place, the likeliest first."},
	{METHOD_GET, "/api/duplicates/search", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, duplicates_search_get_api, NULL, NULL, NULL, 200, false, "Whether a search for duplicates runs, and what the last one found."},
	{METHOD_POST, "/api/duplicates/search", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicates_search_api, NULL, NULL, NULL, 200, false, "Look for duplicates now."},
	{METHOD_POST, "/api/duplicates/{id}/dismiss", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicate_dismiss_api, NULL, NULL, NULL, 200, false, "Say that a pair is no duplicate: it is not found again."},
	{METHOD_POST, "/api/duplicates/{id}/reopen", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, duplicate_reopen_api, NULL, NULL, NULL, 200, false, "Take that back."},
	{METHOD_GET, "/merges", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, merges_page, "merge/list", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/merges/{id}/undo", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_undo_page, NULL, "merge/refused", NULL, 303, false, NULL},
	{METHOD_GET, "/api/merges", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, merges_api, NULL, NULL, NULL, 200, false, "Merges, newest first."},
	{METHOD_POST, "/api/merges/batch", TENANT_API, API, MEMBER(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_batch_api, NULL, NULL, NULL, 200, true, "Merge up to 100 pairs: of each the older is kept and its empty fields are filled; a result for each."},
	{METHOD_GET, "/api/merges/{id}", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, merge_get_api, NULL, NULL, NULL, 200, false, "One merge."},
	{METHOD_POST, "/api/merges/{id}/undo", TENANT_API, API, MEMBER(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, merge_undo_api, NULL, NULL, NULL, 200, false, "Take a merge back, as far as nobody has changed the records since."},
	/* ---- the whole company as one file ---- */
	{METHOD_GET, "/settings/data", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, archives_page, "settings/data", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/settings/data/archives", ON_TENANT, PAGE, PERSON(CAN_ARCHIVE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, archive_request_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/settings/data/archives/{id}/file", ON_TENANT, RAW, PERSON(CAN_ARCHIVE), RATE_READ, POOL_WEB, WORK_TENANT_READ, archive_file, NULL, NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/exports", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, export_log_api, NULL, NULL, NULL, 200, false, "Who took which list out as a file, newest first, 100 at a time; before: the id of the last one seen."},
	{METHOD_GET, "/api/archives", TENANT_API, API, PERSON(CAN_ARCHIVE), RATE_READ, POOL_WEB, WORK_TENANT_READ, archives_api, NULL, NULL, NULL, 200, false, "The latest twenty archives of the whole company: who had them made, and when."},
	{METHOD_POST, "/api/archives", TENANT_API, API, PERSON(CAN_ARCHIVE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, archive_request_api, NULL, NULL, NULL, 201, true, "Have all of the company's data made into one archive; an owner's session only, never a key."},
	{METHOD_GET, "/api/archives/{id}", TENANT_API, API, PERSON(CAN_ARCHIVE), RATE_READ, POOL_WEB, WORK_TENANT_READ, archive_api, NULL, NULL, NULL, 200, false, "How far an archive is; size and checksum when it is done."},
	{METHOD_GET, "/api/archives/{id}/file", TENANT_API, API, PERSON(CAN_ARCHIVE), RATE_READ, POOL_WEB, WORK_TENANT_READ, archive_file, NULL, NULL, NULL, 200, false, "The archive itself, for a week."},

	/* ---- settings ---- */
	{METHOD_GET, "/settings", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, settings_page, "settings/company", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/settings", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, settings_company, NULL, "settings/company", &profile_entity, 303, false, NULL},
	{METHOD_POST, "/settings/logo", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, settings_logo, NULL, "settings/company", NULL, 303, false, NULL},
	{METHOD_POST, "/settings/logo/delete", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, settings_logo_delete, NULL, NULL, NULL, 303, false, NULL},

	{METHOD_GET, "/sample-data", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, sample_page, "sample_data", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/sample-data", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, sample_add_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/sample-data/remove", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, sample_remove_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_GET, "/api/sample-data", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, sample_api, NULL, NULL, NULL, 200, false, "How many rows of the sample data are there, and how many that others have added to them."},
	{METHOD_POST, "/api/sample-data", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, sample_add_api, NULL, NULL, NULL, 200, false, "Add the sample data; nothing when it is there."},
	{METHOD_DELETE, "/api/sample-data", TENANT_API, API, MEMBER(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, sample_remove_api, NULL, NULL, NULL, 200, false, "Remove the sample data for good, with what was added to its rows; tells what was there."},

	{METHOD_GET, "/settings/users", ON_TENANT, PAGE, PERSON(CAN_USERS), RATE_READ, POOL_WEB, WORK_TENANT_READ, users_page, "settings/users", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/settings/users/new", ON_TENANT, PAGE, PERSON(CAN_USERS), RATE_READ, POOL_WEB, WORK_TENANT_READ, user_new_page, "settings/user_form", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/settings/users", ON_TENANT, PAGE, PERSON(CAN_USERS), RATE_WRITE, POOL_PASSWORD, WORK_TENANT_WRITE, user_create_page, NULL, "settings/user_form", &user_entity, 303, false, NULL},
	{METHOD_GET, "/settings/users/{id}", ON_TENANT, PAGE, PERSON(CAN_USERS), RATE_READ, POOL_WEB, WORK_TENANT_READ, user_edit_page, "settings/user_form", NULL, &user_entity, 200, false, NULL},
	{METHOD_POST, "/settings/users/{id}", ON_TENANT, PAGE, PERSON(CAN_USERS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, user_update_page, NULL, "settings/user_form", &user_entity, 303, false, NULL},
	{METHOD_GET, "/api/users", TENANT_API, API, MEMBER(CAN_USERS), RATE_READ, POOL_WEB, WORK_TENANT_READ, users_api, NULL, NULL, &user_entity, 200, false, "List the users."},
	{METHOD_POST, "/api/users", TENANT_API, API, MEMBER(CAN_USERS), RATE_WRITE, POOL_PASSWORD, WORK_TENANT_WRITE, user_create_api, NULL, NULL, &user_entity, 201, false, "Add a user with a role and a first password."},
	{METHOD_PATCH, "/api/users/{id}", TENANT_API, API, MEMBER(CAN_USERS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, user_update_api, NULL, NULL, &user_entity, 200, false, "Change a user's name, role or activity."},
	{METHOD_DELETE, "/api/users/{id}", TENANT_API, API, MEMBER(CAN_USERS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, user_delete_api, NULL, NULL, &user_entity, 204, false, "Deactivate a user."},

	{METHOD_GET, "/settings/api-keys", ON_TENANT, PAGE, PERSON(CAN_KEYS), RATE_READ, POOL_WEB, WORK_TENANT_READ, keys_page, "settings/keys", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/settings/api-keys", ON_TENANT, PAGE, PERSON(CAN_KEYS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, key_create_page, "settings/key_created", "settings/keys", &api_key_entity, 200, false, NULL},
	{METHOD_POST, "/settings/api-keys/{id}/revoke", ON_TENANT, PAGE, PERSON(CAN_KEYS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, key_revoke_page, NULL, NULL, &api_key_entity, 303, false, NULL},
	{METHOD_GET, "/api/api-keys", TENANT_API, API, PERSON(CAN_KEYS), RATE_READ, POOL_WEB, WORK_TENANT_READ, keys_api, NULL, NULL, &api_key_entity, 200, false, "List the API keys; never their secrets."},
	{METHOD_POST, "/api/api-keys", TENANT_API, API, PERSON(CAN_KEYS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, key_create_api, NULL, NULL, &api_key_entity, 201, false, "Create an API key; the secret is in this answer and never again."},
	{METHOD_DELETE, "/api/api-keys/{id}", TENANT_API, API, PERSON(CAN_KEYS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, key_revoke_api, NULL, NULL, &api_key_entity, 204, false, "Revoke an API key."},

	/* ---- views of lists ---- */
	{METHOD_POST, "/saved_views/here", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, list_view_create, NULL, "entity/form", &saved_view_entity, 303, false, NULL},
	{METHOD_POST, "/saved_views/{id}/here", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, list_view_update, NULL, "entity/form", &saved_view_entity, 303, false, NULL},
	{METHOD_POST, "/saved_views/{id}/remove", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, list_view_delete, NULL, "entity/delete", &saved_view_entity, 303, false, NULL},
	/* ---- a lead becomes a customer ---- */
	{METHOD_GET, "/leads/{id}/convert", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_READ, POOL_WEB, WORK_TENANT_READ, convert_form, "lead/convert", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/leads/{id}/convert", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, convert_page, NULL, "lead/convert", &convert_entity, 303, false, NULL},
	{METHOD_POST, "/api/leads/{id}/convert", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, convert_api, NULL, NULL, &convert_entity, 200, true, "Make a contact of a lead, and a property of its address; once: after that it tells where they are."},

	/* ---- the trash ---- */
	{METHOD_GET, "/trash", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, trash_show_page, "trash/list", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/trash", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, trash_api, NULL, NULL, NULL, 200, false, "What was deleted and can be restored, newest first."},

	/* ---- leads and contacts: what happened, and what is written down in a moment ---- */
	{METHOD_GET, "/api/leads/{id}/timeline", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, timeline_api, NULL, NULL, &lead_entity, 200, false, "Everything that happened with a lead, newest first."},
	{METHOD_POST, "/leads/{id}/activities", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_activity_page, NULL, NULL, &lead_entity, 303, false, NULL},
	{METHOD_POST, "/leads/{id}/activity-note", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_activity_note_page, NULL, "entity/form", &lead_entity, 303, false, NULL},
	{METHOD_POST, "/leads/{id}/notes", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_note_page, NULL, NULL, &lead_entity, 303, false, NULL},
	{METHOD_POST, "/leads/{id}/tasks", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_task_page, NULL, NULL, &lead_entity, 303, false, NULL},
	{METHOD_GET, "/api/contacts/{id}/timeline", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, timeline_api, NULL, NULL, &contact_entity, 200, false, "Everything that happened with a contact, newest first."},
	{METHOD_POST, "/contacts/{id}/activities", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_activity_page, NULL, NULL, &contact_entity, 303, false, NULL},
	{METHOD_POST, "/contacts/{id}/activity-note", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_activity_note_page, NULL, "entity/form", &contact_entity, 303, false, NULL},
	{METHOD_POST, "/contacts/{id}/notes", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_note_page, NULL, NULL, &contact_entity, 303, false, NULL},
	{METHOD_POST, "/contacts/{id}/tasks", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, quick_task_page, NULL, NULL, &contact_entity, 303, false, NULL},

	/* ---- bulk actions, taken back ---- */
	{METHOD_POST, "/bulk/{id}/undo", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, bulk_undo_page, NULL, NULL, NULL, 303, false, NULL},
	{METHOD_POST, "/api/bulk/{id}/undo", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, bulk_undo_api, NULL, NULL, NULL, 200, false, "Take a bulk action back; rows that were changed since stay as they are."},

	/* ---- operators ---- */
	{METHOD_GET, "/", ON_ADMIN, PAGE, PUBLIC, RATE_READ, POOL_WEB, WORK_NONE, admin_home, "public/admin", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/admin/tenants", ON_ADMIN, API, OPERATOR, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, admin_tenants, NULL, NULL, &tenant_create_entity, 200, false, "List the tenants."},
	{METHOD_POST, "/api/admin/tenants", ON_ADMIN, API, OPERATOR, RATE_WRITE, POOL_PASSWORD, WORK_SYSTEM_WRITE, admin_tenant_create, NULL, NULL, &tenant_create_entity, 201, false, "Create a tenant with its owner."},
	{METHOD_GET, "/api/admin/tenants/{id}", ON_ADMIN, API, OPERATOR, RATE_READ, POOL_WEB, WORK_SYSTEM_READ, admin_tenant_get, NULL, NULL, &tenant_create_entity, 200, false, "One tenant."},
	{METHOD_PATCH, "/api/admin/tenants/{id}", ON_ADMIN, API, OPERATOR, RATE_WRITE, POOL_WEB, WORK_SYSTEM_WRITE, admin_tenant_update, NULL, NULL, &tenant_update_entity, 200, false, "Change a tenant's name, plan, status or trial."},
	{METHOD_DELETE, "/api/admin/tenants/{id}", ON_ADMIN, API, OPERATOR, RATE_WRITE, POOL_WEB, WORK_SYSTEM_WRITE, admin_tenant_delete, NULL, NULL, &tenant_update_entity, 204, false, "Delete a tenant (softly)."},
};

/* Once for each stored entity: {plural} stands for its word. */
static const struct route entity_routes[] = {
	{METHOD_GET, "/{plural}", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_list_page, "entity/list", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/{plural}/choices", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_choices_page, "entity/choices", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/{plural}/export", ON_TENANT, PAGE, PERSON(CAN_EXPORT), RATE_READ, POOL_WEB, WORK_TENANT_SNAPSHOT, export_page, "entity/export", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/api/{plural}/export", TENANT_API, API, MEMBER(CAN_EXPORT), RATE_READ, POOL_WEB, WORK_TENANT_SNAPSHOT, export_api, NULL, NULL, NULL, 200, false, "Export {label_plural}: all that match, or those of a saved view, as JSON lines or CSV."},
	{METHOD_GET, "/{plural}/bulk", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_READ, POOL_WEB, WORK_TENANT_READ, bulk_page, "entity/bulk", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/{plural}/bulk", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, bulk_page, "entity/bulk", "entity/bulk", &bulk_entity, 200, false, NULL},
	{METHOD_POST, "/api/{plural}/bulk", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, bulk_api, NULL, NULL, &bulk_entity, 200, true, "Change many {label_plural} at once, 5,000 at most."},
	{METHOD_POST, "/api/{plural}/batch", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_batch_api, NULL, NULL, NULL, 200, true, "Create up to 500 {label_plural} in one request of up to 4 MiB, all or none or those that can be."},
	{METHOD_GET, "/{plural}/new", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_new_page, "entity/form", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/{plural}", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_create_page, NULL, "entity/form", NULL, 303, false, NULL},
	{METHOD_GET, "/{plural}/{id}", ON_TENANT, PAGE, PERSON(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_show_page, "entity/show", NULL, NULL, 200, false, NULL},
	{METHOD_GET, "/{plural}/{id}/edit", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_edit_page, "entity/form", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/{plural}/{id}", ON_TENANT, PAGE, PERSON(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_update_page, NULL, "entity/form", NULL, 303, false, NULL},
	{METHOD_GET, "/{plural}/{id}/delete", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_delete_form, "entity/delete", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/{plural}/{id}/delete", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_delete_page, NULL, "entity/delete", NULL, 303, false, NULL},
	{METHOD_GET, "/api/{plural}", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_list_api, NULL, NULL, NULL, 200, false, "List {label_plural}, a page at a time."},
	{METHOD_POST, "/api/{plural}", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_create_api, NULL, NULL, NULL, 201, true, "Create a {label}."},
	{METHOD_GET, "/api/{plural}/{id}", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_get_api, NULL, NULL, NULL, 200, false, "One {label}."},
	{METHOD_PATCH, "/api/{plural}/{id}", TENANT_API, API, MEMBER(CAN_WRITE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_update_api, NULL, NULL, NULL, 200, false, "Change a {label}; needs If-Match."},
	{METHOD_POST, "/{plural}/{id}/restore", ON_TENANT, PAGE, PERSON(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_restore_page, NULL, "trash/refused", NULL, 303, false, NULL},
	{METHOD_GET, "/{plural}/{id}/erase", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_erase_form, "trash/erase", NULL, NULL, 200, false, NULL},
	{METHOD_POST, "/{plural}/{id}/erase", ON_TENANT, PAGE, PERSON(CAN_SETTINGS), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_erase_page, NULL, "trash/erase", NULL, 303, false, NULL},
	{METHOD_POST, "/api/{plural}/{id}/restore", TENANT_API, API, MEMBER(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_restore_api, NULL, NULL, NULL, 200, false, "Take a {label} out of the trash, with what belongs to it."},
	{METHOD_GET, "/api/{plural}/{id}/history", TENANT_API, API, MEMBER(CAN_READ), RATE_READ, POOL_WEB, WORK_TENANT_READ, entity_history_api, NULL, NULL, NULL, 200, false, "Who changed what of a {label}, newest first."},
	{METHOD_DELETE, "/api/{plural}/{id}", TENANT_API, API, MEMBER(CAN_DELETE), RATE_WRITE, POOL_WEB, WORK_TENANT_WRITE, entity_delete_api, NULL, NULL, NULL, 204, false, "Delete a {label}: into the trash, or for ever."},
};
/* clang-format on */

const struct route *route_rows_own(size_t *count)
{
	*count = COUNT_OF(own_routes);
	return own_routes;
}

const struct route *route_rows_entity(size_t *count)
{
	*count = COUNT_OF(entity_routes);
	return entity_routes;
}
