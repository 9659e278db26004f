/* doctor: one row a check; each says what it found and, when it is wrong, what to do. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/pg/migrate.h"
#include "lib/tenant/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Fills *found with what is the case; false when it is wrong. */
typedef bool check(struct ctl *, struct buffer *found);

static bool check_pepper(struct ctl *ctl, struct buffer *found)
{
	struct stat status;
	uint8_t key[32];

	if (!config_pepper(&ctl->config, key, found))
		return false;
	if (stat(ctl->config.pepper_file, &status) != 0 || (status.st_mode & 077) != 0) {
		buffer_printf(found, "%s can be read by others", ctl->config.pepper_file);
		return false;
	}
	buffer_printf(found, "32 bytes, private");
	return true;
}

static bool role_check(struct ctl *ctl, struct pg *pg, const char *role, struct buffer *found)
{
	struct str why = STR_NONE;
	enum err e = pg_ready(pg, ctl->arena, SCHEMA_VERSION, &why);

	if (e != OK) {
		buffer_printf(found, "%s: %.*s", role, STR_FMT_ARG(why));
		return false;
	}
	buffer_printf(found, "%s connects; no superuser, no owner, no BYPASSRLS; schema version %d", role,
		      SCHEMA_VERSION);
	return true;
}

static bool check_app_role(struct ctl *ctl, struct buffer *found)
{
	return role_check(ctl, ctl->app, ctl->config.app_role, found);
}

static bool check_auth_role(struct ctl *ctl, struct buffer *found)
{
	return role_check(ctl, ctl->auth, ctl->config.auth_role, found);
}

static bool check_migrations(struct ctl *ctl, struct buffer *found)
{
	bool pending = false;
	enum err e = migrate_status(admin_conninfo(ctl), ctl->config.migration_folder, found, &pending);

	return e == OK && !pending;
}

STATEMENT(unprotected_tables,
	  "SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname), '') FROM pg_catalog.pg_class c "
	  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	  "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) "
	  "AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' "
	  "AND NOT a.attisdropped) "
	  /* Global and platform tables carry a tenant_id without being a tenant's. */
	  "AND c.relname NOT IN ('tenant_directory', 'signup_drafts')");

static bool check_row_security(struct ctl *ctl, struct buffer *found)
{
	struct stx *stx = stx_begin(ctl->auth, ctl->arena, "demandctl doctor", TX_READ);
	struct rows *rows;
	enum err e = stx_one(stx, &unprotected_tables, NO_ARGS, &rows);

	if (e != OK || stx_commit(stx) != OK) {
		buffer_printf(found, "%s", err_sentence(e == OK ? E_BUSY : e));
		return false;
	}
	if (rows_str(rows, 0).n > 0) {
		buffer_printf(found, "without forced row level security: %.*s", STR_FMT_ARG(rows_str(rows, 0)));
		return false;
	}
	buffer_printf(found, "enabled and forced on every tenant table");
	return true;
}

#define LATE_SECONDS 3600

/* What was given up waits for somebody who looks at it; what nobody takes says that nobody works. */
static bool check_jobs(struct ctl *ctl, struct buffer *found)
{
	struct pg *pg = pg_new(ctl->config.database, ctl->config.jobs_role);
	struct stx *stx = stx_begin(pg, ctl->arena, "demandctl doctor", TX_READ);
	int64_t dead = 0, late = 0;
	enum err e = job_health(stx, &dead, &late);

	if (e == OK)
		e = stx_commit(stx);
	else
		stx_rollback(stx);
	pg_free(pg);
	if (e != OK)
		buffer_printf(found, "%s: %s", ctl->config.jobs_role, err_sentence(e));
	else if (late > LATE_SECONDS)
		buffer_printf(found, "due for %lld minutes, and nobody takes it", (long long)(late / 60));
	else
		buffer_printf(found, "%lld dead", (long long)dead);
	return e == OK && dead == 0 && late <= LATE_SECONDS;
}

static bool folder_check(const char *folder, const char *file, struct buffer *found)
{
	char path[4096];

	if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path || access(path, R_OK) != 0) {
		buffer_printf(found, "%s/%s cannot be read", folder, file);
		return false;
	}
	buffer_printf(found, "%s", folder);
	return true;
}

static bool check_templates(struct ctl *ctl, struct buffer *found)
{
	return folder_check(ctl->config.template_folder, "layout/app.html", found);
}

static bool check_static(struct ctl *ctl, struct buffer *found)
{
	return folder_check(ctl->config.static_folder, "demand.css", found);
}

/* openssl(1) judges the certificate: present, for the wildcard, good for 14 more days. */
static bool check_certificate(struct ctl *ctl, struct buffer *found)
{
	const char *host = arena_printf(ctl->arena, "check.%s", ctl->config.base_domain).p;
	const char *const expiry[] = {"openssl", "x509",      "-in",     ctl->config.certificate,
				      "-noout",  "-checkend", "1209600", NULL};
	const char *const name[] = {"openssl", "x509",       "-in", ctl->config.certificate,
				    "-noout",  "-checkhost", host,  NULL};
	struct str said;

	if (access(ctl->config.certificate, R_OK) != 0) {
		buffer_printf(found, "%s cannot be read", ctl->config.certificate);
		return false;
	}
	if (run_program(ctl->arena, expiry, &said) != 0) {
		buffer_printf(found, "%s ends within 14 days", ctl->config.certificate);
		return false;
	}
	if (run_program(ctl->arena, name, &said) != 0 || memmem(said.p, said.n, "does match", 10) == NULL) {
		buffer_printf(found, "%s is not for *.%s", ctl->config.certificate, ctl->config.base_domain);
		return false;
	}
	buffer_printf(found, "for *.%s, good for two weeks and more", ctl->config.base_domain);
	return true;
}

/* A worker pool answers when somebody listens; its socket must not be open to everybody (libfcgi trusts its peer). */
static bool socket_check(const char *path, struct buffer *found)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat status;
	int descriptor;
	bool up;

	if (strlen(path) >= sizeof address.sun_path) {
		buffer_printf(found, "%s is too long for a unix socket", path);
		return false;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (stat(path, &status) != 0) {
		buffer_printf(found, "%s is not there", path);
		return false;
	}
	if ((status.st_mode & 07) != 0) {
		buffer_printf(found, "%s is open to everybody on this machine", path);
		return false;
	}
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	up = descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
	if (descriptor >= 0)
		close(descriptor);
	buffer_printf(found, up ? "listening, private" : "nobody listens on %s", path);
	return up;
}

static bool check_web_socket(struct ctl *ctl, struct buffer *found)
{
	return socket_check(ctl->config.web_socket, found);
}

static bool check_password_socket(struct ctl *ctl, struct buffer *found)
{
	return socket_check(ctl->config.password_socket, found);
}

static const struct {
	const char *name;
	check *run;
	const char *remedy;
} checks[] = {
	{"pepper", check_pepper,
	 "write 64 hex digits into pepper_file, mode 0600; losing it ends every key and session"},
	{"app role", check_app_role, "run demandctl roles and demandctl migrate; see docs/database.md"},
	{"auth role", check_auth_role, "run demandctl roles and demandctl migrate; see docs/database.md"},
	{"migrations", check_migrations, "run demandctl migrate"},
	{"row security", check_row_security, "run demandctl migrate; a table made by hand needs make_tenant_table()"},
	{"jobs", check_jobs,
	 "start demand-jobs; demandctl jobs list --state dead says what was given up, jobs retry or jobs cancel ends "
	 "it"},
	{"templates", check_templates, "set template_folder"},
	{"static files", check_static, "build them: node static/build.mjs <static_folder>"},
	{"certificate", check_certificate, "renew it; in development ./dev up does"},
	{"web socket", check_web_socket, "start demand-web; it makes the socket with mode 0660"},
	{"password socket", check_password_socket, "start demand-web; it makes the socket with mode 0660"},
};

int command_doctor(struct ctl *ctl)
{
	int wrong = 0;

	if (!options_done(ctl))
		return EXIT_USAGE;
	for (size_t i = 0; i < COUNT_OF(checks); i++) {
		struct buffer found = BUFFER_IN(ctl->arena);
		bool good = checks[i].run(ctl, &found);
		struct str text = str_trim(buffer_str(&found));

		printf("%-5s %-16s %.*s\n", good ? "ok" : "WRONG", checks[i].name, STR_FMT_ARG(text));
		if (!good)
			printf("      %-16s -> %s\n", "", checks[i].remedy);
		wrong += !good;
	}
	return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

int command_config(struct ctl *ctl)
{
	struct buffer text = BUFFER_IN(ctl->arena);

	if (!options_done(ctl))
		return EXIT_USAGE;
	config_print(&ctl->config, &text);
	fputs(text.bytes, stdout);
	return EXIT_SUCCESS;
}
