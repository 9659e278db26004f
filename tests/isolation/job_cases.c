/* What there is to do for each kind of job, and how it looks when it is done. */
#include "tests/isolation/job_walk.h"

#include "lib/crm/duplicate.h"
#include "lib/crm/import.h"
#include "lib/crm/purge.h"
#include "lib/tenant/archive_request.h"
#include "lib/tenant/export_log.h"

/* The same in each company, so that a row of another's would be found by it. */
#define MAIL "shared@jobs.example"

static const struct response *post(const struct planted *planted, const char *path, struct str body, const char *type)
{
	const struct response *answer = ASK(.method = METHOD_POST, .host = planted->company.slug, .path = path,
					    .body = body, .type = type, .bearer = planted->company.session[ROLE_OWNER]);

	assert_true_of(answer, answer->status < 300, path);
	return answer;
}

static bool holds_true(const struct planted *planted, const char *condition)
{
	return str_is(test_sql_value("SELECT (%s)::text", planted_sql(planted, condition).p), "true");
}

static void change(const struct planted *planted, const char *sql)
{
	test_sql("%s", planted_sql(planted, sql).p);
}

/* ---- archives ---- */

static void ask_archive(const struct planted *planted)
{
	change(planted, "UPDATE archives SET state = 'done' WHERE tenant_id = '~'");
	(void)post(planted, "/api/archives", STR("{}"), "application/json");
}

static bool archive_is_there(const struct planted *planted)
{
	return holds_true(planted, "SELECT state = 'done' AND row_count > 20 AND file_id IN (SELECT id FROM data_files "
				   "WHERE tenant_id = '~' AND sha256 IS NOT NULL) FROM archives WHERE tenant_id = '~' "
				   "ORDER BY created_at DESC LIMIT 1");
}

/* ---- imports ---- */

/* One row that is known, one that is new, one that cannot be taken. */
static void bring_table(const struct planted *planted)
{
	static int number;
	const char *letter = planted->letter;
	struct buffer body = BUFFER_IN(web->arena);

	number++;
	change(planted, "DELETE FROM leads WHERE tenant_id = '~' AND email = '" MAIL "'");
	(void)post(planted, "/api/leads", text("{\"name\":\"MARKER-%s-known\",\"email\":\"" MAIL "\"}", letter),
		   "application/json");
	for (const char *const *pair = (const char *const[]){"entity", "leads", "match", "email", "mode", "both",
							     "tags", "Brought", NULL};
	     *pair; pair += 2)
		buffer_printf(&body, "--cut\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", pair[0],
			      pair[1]);
	buffer_printf(&body,
		      "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"MARKER-%s-jobs.csv\"\r\n\r\n"
		      "Name,E-mail,Phone\nMARKER-%s-told,%s,512 555 01%02d\nMARKER-%s-new,new%d@jobs.example,\n"
		      "MARKER-%s-refused,nothing,\n\r\n--cut--\r\n",
		      letter, letter, MAIL, number % 100, letter, number, letter);
	(void)post(planted, "/api/imports", buffer_str(&body), "multipart/form-data; boundary=cut");
}

static struct str last_import(const struct planted *planted)
{
	return arena_copy(web->arena,
			  test_sql_value("SELECT id::text FROM imports WHERE tenant_id = '%s' ORDER BY created_at DESC "
					 "LIMIT 1",
					 uuid_text(web->arena, planted->company.id).p));
}

#define LAST_IMPORT " FROM imports WHERE tenant_id = '~' ORDER BY created_at DESC LIMIT 1"

static bool table_is_taken(const struct planted *planted)
{
	const struct response *failed =
		ASK(.host = planted->company.slug, .bearer = planted->company.session[ROLE_OWNER],
		    .path = text("/api/imports/%.*s/failed", STR_FMT_ARG(last_import(planted))).p);

	return body_has(failed, text("MARKER-%s-refused", planted->letter).p) &&
	       holds_true(planted, "SELECT state = 'done' AND created_count = 1 AND updated_count = 1 AND failed_count "
				   "= 1" LAST_IMPORT);
}

/* Of the one that was taken just now. */
static void undo_import(const struct planted *planted)
{
	if (!table_is_taken(planted)) {
		bring_table(planted);
		while (job_turn() == OK)
			;
	}
	(void)post(planted, text("/api/imports/%.*s/undo", STR_FMT_ARG(last_import(planted))).p, STR("{}"),
		   "application/json");
}

static bool import_is_undone(const struct planted *planted)
{
	return holds_true(planted, "SELECT state = 'undone' AND undone_count = 2" LAST_IMPORT);
}

/* ---- what comes every day ---- */

static void keep_too_long(const struct planted *planted)
{
	change(planted, "WITH made AS (INSERT INTO data_files (tenant_id, id, kind, name, content_type, created_at, "
			"expires_at) VALUES ('~', gen_random_uuid(), 'import', 'MARKER-`-old.csv', 'text/csv', now(), "
			"now() - interval '1 day') RETURNING id) INSERT INTO file_pieces (tenant_id, file_id, number, "
			"start_at, bytes) SELECT '~', id, 0, 0, 'MARKER-`-old' FROM made");
	change(planted, text("INSERT INTO exports (tenant_id, id, entity, format, query, actor_kind, actor_name, "
			     "started_at) VALUES ('~', gen_random_uuid(), 'leads', 'csv', 'q=MARKER-`-old', 'system', "
			     "'MARKER-`-old', now() - interval '%d days')",
			     EXPORT_LOG_DAYS + 1)
				.p);
	job_today(planted, "file.purge");
}

static bool nothing_is_kept_too_long(const struct planted *planted)
{
	return holds_true(planted,
			  "SELECT count(*) = 0 FROM data_files WHERE tenant_id = '~' AND expires_at < now()") &&
	       holds_true(planted, text("SELECT count(*) = 0 FROM exports WHERE tenant_id = '~' AND started_at < now() "
					"- interval '%d days'",
					EXPORT_LOG_DAYS)
					   .p);
}

static void look_alike(const struct planted *planted)
{
	static int number;

	number++;
	for (int i = 0; i < 2; i++)
		(void)post(planted, "/api/leads",
			   text("{\"name\":\"MARKER-%s-alike\",\"phone\":\"512 555 %04d\"}", planted->letter,
				2000 + number % 8000),
			   "application/json");
	(void)post(planted, "/api/duplicates/search", STR("{}"), "application/json");
}

static bool pairs_are_found(const struct planted *planted)
{
	return holds_true(planted,
			  "SELECT found > 0 AND finished_at IS NOT NULL FROM duplicate_searches WHERE tenant_id "
			  "= '~'");
}

/* Of each entity one. */
static void throw_away(const struct planted *planted)
{
	for (size_t i = 0; i < entities_count; i++)
		if (entities[i]->trash)
			test_sql(
				"UPDATE %s SET deleted_at = now() - interval '%d days' WHERE tenant_id = '%s' AND id = "
				"'%.*s'",
				entities[i]->table, PURGE_DAYS + 1, uuid_text(web->arena, planted->company.id).p,
				STR_FMT_ARG(planted_new_row(planted, entities[i]->table)));
	job_today(planted, "trash.purge");
}

static bool the_trash_is_out(const struct planted *planted)
{
	for (size_t i = 0; i < entities_count; i++)
		if (entities[i]->trash &&
		    !holds_true(planted,
				text("SELECT count(*) = 0 FROM %s WHERE tenant_id = '~' AND deleted_at < now() "
				     "- interval '%d days'",
				     entities[i]->table, PURGE_DAYS)
					.p))
			return false;
	return true;
}

/* ---- the table ---- */

const struct job_case job_cases[] = {
	{ARCHIVE_JOB, "an archive", ask_archive, archive_is_there, "archives"},
	{IMPORT_JOB, "a table", bring_table, table_is_taken, NULL},
	{IMPORT_JOB, "a table taken back", undo_import, import_is_undone, NULL},
	{"file.purge", "a file whose day has come", keep_too_long, nothing_is_kept_too_long, NULL},
	{DUPLICATE_JOB, "leads that look alike", look_alike, pairs_are_found, NULL},
	{"trash.purge", "what was in the trash for long", throw_away, the_trash_is_out, NULL},
};
const size_t job_cases_count = COUNT_OF(job_cases);

const char *job_kind_without_case(void)
{
	for (size_t i = 0; i < job_kind_count; i++) {
		size_t at = 0;

		while (at < job_cases_count && strcmp(job_cases[at].kind, job_kinds[i].name) != 0)
			at++;
		if (at == job_cases_count)
			return job_kinds[i].name;
	}
	return NULL;
}
