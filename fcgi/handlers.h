/* Every handler of the route table, by the file that holds it. */
#ifndef DEMAND_HANDLERS_H
#define DEMAND_HANDLERS_H

#include "fcgi/web.h"

/* h_health.c */
handler health, ready;
/* h_public.c */
handler home_page, docs_page, openapi_document, openapi_document_own, app_home, find_workspace_form, find_workspace;
/* h_onboarding.c */
handler onboarding_start, onboarding_company_form, onboarding_company, onboarding_owner_form, onboarding_owner;
handler onboarding_subdomain_form, onboarding_subdomain, onboarding_plan_form, onboarding_plan, onboarding_done,
	onboarding_open;
handler onboarding_logo, onboarding_check;
/* h_auth.c */
handler login_form, login, logout, handover, password_form, password_set, api_login, api_logout;
/* h_dashboard.c */
handler dashboard, api_tenant;
/* h_entity.c: every stored entity, pages and API */
handler entity_list_page, entity_new_page, entity_create_page, entity_show_page, entity_edit_page, entity_update_page,
	entity_delete_form, entity_delete_page;
/* Queues the list into c->ahead, unless it is one that has to wait for step_permission. */
void entity_list_ahead(struct context *);
handler entity_list_api, entity_create_api, entity_get_api, entity_update_api, entity_delete_api;
handler export_page, export_api;
/* h_bulk.c, h_bulk_api.c */
handler bulk_page, bulk_undo_page, bulk_api, bulk_undo_api;
/* h_batch.c */
handler entity_batch_api;
/* h_list_views.c */
handler list_view_create, list_view_update, list_view_delete;
/* h_choices.c */
handler entity_choices_page;
/* h_convert.c */
handler convert_form, convert_page, convert_api;
/* h_trash.c */
handler trash_api, trash_show_page, entity_restore_api, entity_restore_page, entity_erase_form, entity_erase_page,
	entity_erase_api;
/* h_search.c */
handler search_page, search_api;
/* h_shortcuts.c */
handler shortcuts_page, shortcuts_save;
/* h_timeline.c */
handler entity_history_api, timeline_api, quick_activity_page, quick_activity_note_page, quick_note_page,
	quick_task_page;
/* h_settings.c */
handler settings_page, settings_company, settings_logo, settings_logo_delete, tenant_logo;
/* h_users.c */
handler users_page, user_new_page, user_create_page, user_edit_page, user_update_page;
handler users_api, user_create_api, user_update_api, user_delete_api;
/* h_account.c */
handler account_page, account_save, account_password, account_api, account_update_api, account_password_api;
/* h_keys.c */
handler keys_page, key_create_page, key_revoke_page, keys_api, key_create_api, key_revoke_api;
/* h_response.c */
handler response_rules_page, response_rules_save, response_rules_api, response_rules_put, response_report_api;
/* h_pipeline.c */
handler pipeline_page, pipeline_api, lead_move_form, lead_move_page, lead_move_api;
/* h_my_day.c */
handler my_day_page, my_day_api, task_done_page, task_done_api, task_snooze_page, task_snooze_api;
/* h_cadence.c */
handler cadences_page, cadence_start_page, cadence_stop_page, cadences_api, cadence_start_api, cadence_stop_api;
/* h_sample.c */
handler sample_page, sample_add_page, sample_remove_page, sample_api, sample_add_api, sample_remove_api;
/* h_imports.c, h_imports_api.c */
handler imports_page, import_new_page, import_create_page, import_show_page, import_change_page, import_discard_page,
	import_stop_page, import_held_page, import_undo_page, import_failed_file;
handler imports_api, import_create_api, import_api, import_start_api, import_discard_api, import_stop_api,
	import_held_api, import_undo_api, import_failed_api;
/* h_export_log.c */
handler export_log_api;
/* h_archives.c */
handler archives_page, archive_request_page, archive_file, archives_api, archive_request_api, archive_api;
/* h_web_form.c */
handler web_form_page, web_form_send;
/* h_web_form_website.c */
handler web_form_website, web_form_held, web_form_discard, web_form_requests_api, web_form_held_api,
	web_form_discard_api;
/* h_merge.c, h_merge_api.c */
handler merge_page, merge_do_page, merge_queued_page, merges_page, merge_undo_page;
handler merge_preview_api, merge_api, merge_batch_api, merges_api, merge_get_api, merge_undo_api;
/* h_duplicates.c, h_duplicates_api.c */
handler duplicates_page, duplicates_search_page, duplicate_dismiss_page, duplicate_reopen_page;
handler duplicates_api, duplicates_search_api, duplicates_search_get_api, duplicate_dismiss_api, duplicate_reopen_api;
/* h_admin.c */
handler admin_home, admin_tenants, admin_tenant_create, admin_tenant_get, admin_tenant_update, admin_tenant_delete;

#endif
