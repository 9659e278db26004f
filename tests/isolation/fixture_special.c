/* Requests that a route's entity does not tell: what stands in the query or body, and where the answer differs from the route's. */
#include "tests/isolation/fixture_entry.h"

#include "tests/support/pictures.h"

/* ---- search and keys ---- */

/* Two letters of every marker, and of the search_text of every planted row. */
static void search_query(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->query = STR("q=ar");
}

static void shortcuts_form(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->body = text("csrf=%.*s&shortcuts=off", STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- settings ---- */

/* Of the company itself, as it is now. */
static void form_of_company(struct shot *shot, const char *version_column)
{
	struct str version =
		arena_copy(web->arena, test_sql_value("SELECT %s FROM tenants WHERE tenant_id = '%s'", version_column,
						      uuid_text(web->arena, shot->who->company.id).p));

	shot->body = text(
		"%.*s&version=%.*s",
		STR_FMT_ARG(body_as_form(shot->route->entity, body_make(shot->from, shot->route->entity, WRITE_UPDATE),
					 shot->csrf, STR_NONE)),
		STR_FMT_ARG(version));
	shot->type = STR("application/x-www-form-urlencoded");
}

static void profile(struct shot *shot, bool fresh)
{
	(void)fresh;
	form_of_company(shot, "version::text");
}

static void response_rules_form(struct shot *shot, bool fresh)
{
	(void)fresh;
	form_of_company(shot, "coalesce(settings->>'response_version', '1')");
}

static void picture(struct shot *shot, bool fresh)
{
	struct str png = make_png(web->arena, 64, 64, (struct png_kind){.color = 2, .depth = 8});
	struct buffer body = BUFFER_IN(web->arena);

	(void)fresh;
	buffer_printf(&body, "--cut\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%.*s\r\n--cut\r\n",
		      STR_FMT_ARG(shot->csrf));
	BUFFER_LITERAL(&body, "Content-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n"
			      "Content-Type: image/png\r\n\r\n");
	buffer_add_str(&body, png);
	BUFFER_LITERAL(&body, "\r\n--cut--\r\n");
	shot->body = buffer_str(&body);
	shot->type = STR("multipart/form-data; boundary=cut");
}

/* A list's address has a form of its own. */
static void list_view(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->body = text("csrf=%.*s&entity=leads&name=Won&query=status%%3Dwon", STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- forms without an entity's inputs on a row's page ---- */

/* All of them at once: each handler takes its own. */
static void written_quickly(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->body = text("csrf=%.*s&outcome=voicemail&body=said&title=Call+back&due=1d&activity=" NOBODYS_ID,
			  STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* Counts rows and does nothing to them. */
static void bulk(struct shot *shot, bool fresh)
{
	(void)fresh;
	if (shot->route->face == FACE_API) {
		shot->body = STR("{\"all\":true,\"action\":\"delete\",\"dry_run\":true}");
		shot->type = STR("application/json");
		return;
	}
	shot->body = text("csrf=%.*s&scope=ids", STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* The page as the file that it leads to. */
static void file_of_list(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->query = STR("format=csv&columns=all");
}

/* An action on a list that there is. */
static void bulk_undo(struct shot *shot, bool fresh)
{
	if (fresh)
		test_sql("UPDATE bulk_actions SET entity = 'leads', action = 'status', undone_at = NULL WHERE "
			 "tenant_id = "
			 "'%s' AND id = '%.*s'",
			 uuid_text(web->arena, shot->who->company.id).p, STR_FMT_ARG(shot->id));
}

/* A lead of the sample data that a bulk action changed. */
static void sample_of_one(struct shot *shot, bool fresh)
{
	const char *company = uuid_text(web->arena, shot->who->company.id).p;
	struct str lead, action;

	if (!fresh)
		return;
	lead = planted_new_row(shot->who, "leads");
	action = planted_row(shot->who, "bulk_actions");
	test_sql("INSERT INTO sample_rows (tenant_id, entity, row_id) VALUES ('%s', 'leads', '%.*s')", company,
		 STR_FMT_ARG(lead));
	test_sql("UPDATE bulk_actions SET entity = 'leads' WHERE tenant_id = '%s' AND id = '%.*s'", company,
		 STR_FMT_ARG(action));
	test_sql("INSERT INTO bulk_action_rows (tenant_id, action_id, row_id, before, version_after) VALUES ('%s', "
		 "'%.*s', '%.*s', '{}', 1)",
		 company, STR_FMT_ARG(action), STR_FMT_ARG(lead));
}

/* What is erased lies in the trash. */
static void in_the_trash(struct shot *shot, bool fresh)
{
	if (fresh)
		test_sql("UPDATE %s SET deleted_at = now() WHERE id = '%.*s'", shot->route->entity->table,
			 STR_FMT_ARG(shot->id));
}

/* ---- imports ---- */

static void add_part(struct buffer *body, const char *name, struct str text_of_part)
{
	buffer_printf(body, "--cut\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%.*s\r\n", name,
		      STR_FMT_ARG(text_of_part));
}

static void table_file(struct shot *shot, bool fresh)
{
	struct buffer body = BUFFER_IN(web->arena);

	(void)fresh;
	if (shot->route->face == FACE_PAGE)
		add_part(&body, "csrf", shot->csrf);
	add_part(&body, "entity", STR("leads"));
	BUFFER_LITERAL(&body, "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
			      "Name,E-mail\nAnn,ann@example.com\n\r\n--cut--\r\n");
	shot->body = buffer_str(&body);
	shot->type = STR("multipart/form-data; boundary=cut");
}

/* In the state from which the address leads on. */
static void import_in_state(struct shot *shot, bool fresh)
{
	static const struct {
		const char *end, *state;
	} states[] = {{"/stop", "running"}, {"/held", "done"}, {"/undo", "done"}, {"", "draft"}};
	size_t at = 0;

	while (!str_ends(str_from(shot->route->path), str_from(states[at].end)))
		at++;
	if (fresh)
		test_sql("UPDATE imports SET state = '%s', held_count = 1, options = '{}', headers = '[\"Name\"]', "
			 "mapping = "
			 "'[\"name\"]' "
			 "WHERE tenant_id = '%s' AND id = '%.*s'",
			 states[at].state, uuid_text(web->arena, shot->who->company.id).p, STR_FMT_ARG(shot->id));
	if (shot->route->face != FACE_PAGE)
		return;
	shot->body = text("csrf=%.*s&action=start", STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- web forms ---- */

/* The same words from whoever sends them, and other ones each time they are sent. */
static void request_of_a_stranger(struct shot *shot, bool fresh)
{
	static int number;

	(void)fresh;
	shot->body =
		text("name=Visitor+%d&email=visitor%%40web.example&phone=5125550100&zip=78701&address=1+Elm&notes=Leak"
		     "&trade=hvac&urgency=leak",
		     ++number);
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- merges ---- */

/* A row of the table that the address is about: a new one, the first, or the last. */
static struct str mergeable(const struct shot *shot, bool fresh, bool last)
{
	static const char *const tables[] = {"leads", "contacts", "properties"};
	size_t i = 0;

	while (!strstr(shot->route->path, tables[i]))
		i++;
	if (fresh)
		return planted_new_row(shot->from, tables[i]);
	return arena_copy(
		web->arena,
		test_sql_value("SELECT id::text FROM %s WHERE tenant_id = '%s' AND deleted_at IS NULL ORDER BY "
			       "id %s LIMIT 1",
			       tables[i], uuid_text(web->arena, shot->from->company.id).p, last ? "DESC" : ""));
}

static void two_to_look_at(struct shot *shot, bool fresh)
{
	struct str other = mergeable(shot, false, true);

	(void)fresh;
	shot->query =
		strstr(shot->route->path, "/api/")
			? text("keep=%.*s&remove=%.*s", STR_FMT_ARG(mergeable(shot, false, false)), STR_FMT_ARG(other))
			: text("with=%.*s", STR_FMT_ARG(other));
}

static void two_to_merge(struct shot *shot, bool fresh)
{
	struct str kept = mergeable(shot, fresh, false), gone = mergeable(shot, fresh, true);

	if (shot->route->face == FACE_PAGE) {
		shot->body = text("csrf=%.*s&with=%.*s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(gone));
		shot->type = STR("application/x-www-form-urlencoded");
		return;
	}
	shot->body = text("{\"keep\":\"%.*s\",\"remove\":\"%.*s\"}", STR_FMT_ARG(kept), STR_FMT_ARG(gone));
	shot->type = STR("application/json");
}

static void pairs_to_merge(struct shot *shot, bool fresh)
{
	struct str first = fresh ? planted_new_row(shot->from, "leads") : planted_row(shot->from, "leads");

	shot->body = text("{\"entity\":\"leads\",\"pairs\":[{\"first\":\"%.*s\",\"second\":\"" NOBODYS_OTHER_ID "\"}]}",
			  STR_FMT_ARG(first));
	shot->type = STR("application/json");
}

/* One that waits for room in the plan. */
static void request_that_waits(struct shot *shot, bool fresh)
{
	const char *table = "web_requests";
	struct str id = fresh ? planted_new_row(shot->from, table) : planted_row(shot->from, table);

	if (fresh)
		test_sql("UPDATE web_requests SET form_id = '%.*s' WHERE tenant_id = '%s' AND id = '%.*s'",
			 STR_FMT_ARG(shot->id), uuid_text(web->arena, shot->who->company.id).p, STR_FMT_ARG(id));
	if (shot->route->face == FACE_API) {
		shot->body = text("{\"ids\":[\"%.*s\"]}", STR_FMT_ARG(id));
		shot->type = STR("application/json");
		return;
	}
	shot->body = text("csrf=%.*s&request=%.*s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(id));
	shot->type = STR("application/x-www-form-urlencoded");
}

static void queue_to_merge(struct shot *shot, bool fresh)
{
	const char *table = "duplicate_pairs";
	struct str pair = fresh ? planted_new_row(shot->from, table) : planted_row(shot->from, table);

	shot->body = text("csrf=%.*s&pair=%.*s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(pair));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* One that can be taken back: of two leads, the second in the trash. */
static void merge_to_undo(struct shot *shot, bool fresh)
{
	struct str kept, gone;

	if (!fresh)
		return;
	kept = planted_new_row(shot->who, "leads");
	gone = planted_new_row(shot->who, "leads");
	test_sql("UPDATE leads SET deleted_at = now() WHERE id = '%.*s'", STR_FMT_ARG(gone));
	test_sql("UPDATE merges SET entity = 'leads', kept_id = '%.*s', gone_id = '%.*s', snapshot = '{}', undone_at = "
		 "NULL WHERE tenant_id = '%s' AND id = '%.*s'",
		 STR_FMT_ARG(kept), STR_FMT_ARG(gone), uuid_text(web->arena, shot->who->company.id).p,
		 STR_FMT_ARG(shot->id));
}

/* ---- archives ---- */

/* Whichever row the address names, one of an earlier request too. */
static void archive_with_file(struct shot *shot, bool fresh)
{
	const char *company = uuid_text(web->arena, shot->who->company.id).p;

	(void)fresh;
	test_sql(
		"UPDATE archives SET state = 'done', file_id = (SELECT f.id FROM data_files f WHERE f.tenant_id = '%s' "
		"ORDER BY f.id LIMIT 1) WHERE tenant_id = '%s'",
		company, company);
}

/* One is made at a time. */
static void no_archive_at_work(struct shot *shot, bool fresh)
{
	if (fresh)
		test_sql("UPDATE archives SET state = 'done' WHERE tenant_id = '%s'",
			 uuid_text(web->arena, shot->who->company.id).p);
	if (shot->route->face != FACE_PAGE)
		return;
	shot->body = text("csrf=%.*s", STR_FMT_ARG(shot->csrf));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- the table ---- */

static const struct special {
	enum method method;
	const char *path; /* '*' in front: its end, of a row; '+': of a list */
	unsigned hosts;
	void (*fill)(struct shot *, bool fresh); /* NULL: nothing */
	int status;                              /* 0: the route's */
} specials[] = {
	{METHOD_POST, "/login", ON_APEX | ON_APP, shot_workspace, 0},
	{METHOD_GET, "/api/onboarding/subdomain", ON_ANY, shot_subdomain_query, 0},
	/* Without a draft each step of the sign-up sends to the first. */
	{METHOD_GET, "/onboarding/owner", ON_ANY, shot_draft_with_company, 303},
	{METHOD_POST, "/onboarding/owner", ON_ANY, shot_draft_with_company, 303},
	{METHOD_GET, "/onboarding/subdomain", ON_ANY, shot_draft_with_owner, 303},
	{METHOD_POST, "/onboarding/subdomain", ON_ANY, shot_draft_with_owner, 303},
	{METHOD_GET, "/onboarding/plan", ON_ANY, shot_draft_with_subdomain, 303},
	{METHOD_POST, "/onboarding/plan", ON_ANY, shot_draft_with_subdomain, 303},
	{METHOD_GET, "/onboarding/done", ON_ANY, shot_draft_done, 303},
	{METHOD_POST, "/onboarding/open", ON_ANY, shot_draft_done, 303},
	{METHOD_GET, "/onboarding/logo", ON_ANY, NULL, 404},
	{METHOD_POST, "/login", ON_TENANT, shot_password_of_owner, 0},
	{METHOD_POST, "/api/auth/login", ON_TENANT, shot_password_of_owner, 0},
	{METHOD_POST, "/logout", ON_TENANT, shot_log_out, 0},
	{METHOD_POST, "/api/auth/logout", ON_ANY, shot_log_out, 0},
	{METHOD_GET, "/handover", ON_TENANT, shot_handover_code, 0},
	{METHOD_GET, "/password", ON_TENANT, shot_password_token, 0},
	{METHOD_POST, "/password", ON_TENANT, shot_password_token, 0},
	{METHOD_POST, "/account", ON_TENANT, shot_own_account, 0},
	{METHOD_POST, "/account/password", ON_TENANT, shot_own_password, 0},
	{METHOD_POST, "/api/account/password", ON_ANY, shot_own_password, 0},
	{METHOD_GET, "/logo", ON_TENANT, NULL, 404},
	{METHOD_GET, "/search", ON_TENANT, search_query, 0},
	{METHOD_GET, "/api/search", ON_ANY, search_query, 0},
	{METHOD_POST, "/shortcuts", ON_TENANT, shortcuts_form, 0},
	{METHOD_POST, "/saved_views/here", ON_TENANT, list_view, 0},
	{METHOD_GET, "*/erase", ON_TENANT, NULL, 404},
	{METHOD_POST, "*/erase", ON_TENANT, in_the_trash, 0},
	{METHOD_POST, "*/activities", ON_TENANT, written_quickly, 0},
	{METHOD_POST, "*/activity-note", ON_TENANT, written_quickly, 404},
	{METHOD_POST, "*/notes", ON_TENANT, written_quickly, 0},
	{METHOD_POST, "*/tasks", ON_TENANT, written_quickly, 0},
	{METHOD_GET, "+/export", ON_TENANT, file_of_list, 0},
	{METHOD_POST, "+/bulk", ON_ANY, bulk, 0},
	{METHOD_POST, "/bulk/{id}/undo", ON_ANY, bulk_undo, 0},
	{METHOD_POST, "/api/bulk/{id}/undo", ON_ANY, bulk_undo, 0},
	{METHOD_POST, "/f/{id}", ON_TENANT, request_of_a_stranger, 0},
	{METHOD_POST, "/web_forms/{id}/held/discard", ON_TENANT, request_that_waits, 0},
	{METHOD_POST, "/api/web_forms/{id}/held/discard", ON_ANY, request_that_waits, 0},
	{METHOD_POST, "/settings/data/archives", ON_TENANT, no_archive_at_work, 0},
	{METHOD_GET, "/settings/data/archives/{id}/file", ON_TENANT, archive_with_file, 0},
	{METHOD_GET, "/api/archives/{id}/file", ON_ANY, archive_with_file, 0},
	{METHOD_POST, "/api/archives", ON_ANY, no_archive_at_work, 0},
	{METHOD_POST, "/imports", ON_TENANT, table_file, 0},
	{METHOD_POST, "/api/imports", ON_ANY, table_file, 0},
	{METHOD_POST, "/imports/{id}", ON_TENANT, import_in_state, 0},
	{METHOD_POST, "/imports/{id}/stop", ON_TENANT, import_in_state, 0},
	{METHOD_POST, "/imports/{id}/held", ON_TENANT, import_in_state, 0},
	{METHOD_POST, "/imports/{id}/undo", ON_TENANT, import_in_state, 0},
	{METHOD_POST, "/api/imports/{id}/start", ON_ANY, import_in_state, 0},
	{METHOD_POST, "/api/imports/{id}/stop", ON_ANY, import_in_state, 0},
	{METHOD_POST, "/api/imports/{id}/held", ON_ANY, import_in_state, 0},
	{METHOD_POST, "/api/imports/{id}/undo", ON_ANY, import_in_state, 0},
	{METHOD_GET, "+/merge/preview", ON_ANY, two_to_look_at, 0},
	{METHOD_POST, "/api/leads/merge", ON_ANY, two_to_merge, 0},
	{METHOD_POST, "/api/contacts/merge", ON_ANY, two_to_merge, 0},
	{METHOD_POST, "/api/properties/merge", ON_ANY, two_to_merge, 0},
	{METHOD_GET, "*/merge", ON_TENANT, two_to_look_at, 0},
	{METHOD_POST, "*/merge", ON_TENANT, two_to_merge, 0},
	{METHOD_POST, "/duplicates/merge", ON_TENANT, queue_to_merge, 0},
	{METHOD_POST, "/api/merges/batch", ON_ANY, pairs_to_merge, 0},
	{METHOD_POST, "/merges/{id}/undo", ON_TENANT, merge_to_undo, 0},
	{METHOD_POST, "/api/merges/{id}/undo", ON_ANY, merge_to_undo, 0},
	{METHOD_POST, "/sample-data/remove", ON_TENANT, sample_of_one, 0},
	{METHOD_DELETE, "/api/sample-data", ON_ANY, sample_of_one, 0},
	{METHOD_POST, "/settings", ON_TENANT, profile, 0},
	{METHOD_POST, "/settings/response", ON_TENANT, response_rules_form, 0},
	{METHOD_POST, "/settings/logo", ON_TENANT, picture, 0},
};

bool carries_proof(const struct route *route)
{
	for (size_t i = 0; i < COUNT_OF(specials); i++)
		if (specials[i].method == route->method && strcmp(specials[i].path, route->path) == 0 &&
		    (specials[i].hosts & route->hosts) &&
		    (specials[i].fill == shot_password_of_owner || specials[i].fill == shot_handover_code ||
		     specials[i].fill == shot_password_token))
			return true;
	return false;
}

static bool is_for(const struct special *special, const struct shot *shot)
{
	struct str path = str_from(shot->route->path);
	bool about_row = strstr(shot->route->path, "{id}/") != NULL, ends = str_ends(path, str_from(special->path + 1));
	bool fits = *special->path == '*'   ? about_row && ends
		    : *special->path == '+' ? !about_row && ends
					    : str_is(path, special->path);

	return fits && special->method == shot->route->method && (special->hosts & (1u << shot->host));
}

void make_special(struct shot *shot, bool fresh)
{
	for (size_t i = 0; i < COUNT_OF(specials); i++)
		if (is_for(&specials[i], shot)) {
			if (specials[i].status)
				shot->status = specials[i].status;
			if (specials[i].fill)
				specials[i].fill(shot, fresh);
		}
}
