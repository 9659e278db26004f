/* Whether the process answers, and whether it can serve. Neither says anything about anybody's data. */
#include "fcgi/handlers.h"

#include "lib/base/log.h"
#include "lib/pg/migrate.h"

enum err health(struct context *c)
{
	context_raw(c, "application/json", STR("{\"status\":\"ok\"}"));
	return OK;
}

static bool role_ready(struct context *c, struct pg *pg, const char *name)
{
	struct str why = STR_NONE;
	enum err e = pg_ready(pg, c->arena, SCHEMA_VERSION, &why);

	if (e != OK)
		log_event(LOG_WARNING, "not_ready", "%s: %.*s", name, STR_FMT_ARG(why));
	return e == OK;
}

enum err ready(struct context *c)
{
	bool app = role_ready(c, c->app->app_pg, "app role"), auth = role_ready(c, c->app->auth_pg, "auth role");

	if (!app || !auth) {
		c->status = 503;
		response_header(c->response, "Retry-After", STR("1"));
		context_raw(c, "application/json", STR("{\"status\":\"unavailable\"}"));
		return OK;
	}
	context_raw(c, "application/json", STR("{\"status\":\"ready\"}"));
	return OK;
}
