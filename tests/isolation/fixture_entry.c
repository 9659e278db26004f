/* Requests about who one is: the sign-up, signing in and out, one's own account. */
#include "tests/isolation/fixture_entry.h"

#include "lib/tenant/link.h"
#include "lib/tenant/session.h"
#include "lib/tenant/signup.h"

/* ---- sign-up and signing in ---- */

void shot_workspace(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->body = text("csrf=%.*s&workspace=%.*s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(shot->from->company.slug));
	shot->type = STR("application/x-www-form-urlencoded");
}

/* ---- a sign-up under way ---- */

#define SIGNUP_COOKIE "__Host-signup="

static struct str signup_token(const struct response *response)
{
	struct str headers = buffer_str(&response->headers);
	const char *at = memmem(headers.p, headers.n, SIGNUP_COOKIE, strlen(SIGNUP_COOKIE));
	struct str rest;

	assert_non_null(at);
	rest = (struct str){at + strlen(SIGNUP_COOKIE), strcspn(at + strlen(SIGNUP_COOKIE), ";\r")};
	return rest;
}

static struct str post_step(const char *path, const struct entity *entity, const struct planted *of, struct str cookie)
{
	struct shot shot = {.route = &(struct route){.who = WHO_ANYONE}};
	struct str form = body_as_form(entity, body_make(of, entity, WRITE_CREATE), shot_csrf(&shot), STR_NONE);
	struct str cookies = text("%s; %.*s", VISIT_PAIR, STR_FMT_ARG(cookie));
	const struct response *answer =
		ASK(.method = METHOD_POST, .host = STR("app"), .path = path, .body = form,
		    .type = "application/x-www-form-urlencoded", .headers = {{"cookie", cookies.p}});

	assert_status(answer, 303);
	if (cookie.n > 0)
		return cookie;
	return text(SIGNUP_COOKIE "%.*s", STR_FMT_ARG(signup_token(answer)));
}

/* With so many of the steps done: company, owner, subdomain, plan. */
static void draft(struct shot *shot, bool fresh, size_t steps)
{
	static const struct {
		const char *path;
		const struct entity *entity;
	} rows[] = {
		{"/onboarding/company", &signup_company_entity},
		{"/onboarding/owner", &signup_owner_entity},
		{"/onboarding/subdomain", &signup_subdomain_entity},
		{"/onboarding/plan", &signup_plan_entity},
	};
	struct str cookie = STR("");

	if (!fresh)
		return;
	for (size_t i = 0; i < steps; i++)
		cookie = post_step(rows[i].path, rows[i].entity, shot->from, cookie);
	shot->cookie = cookie;
	shot->status = shot->route->status;
}

void shot_draft_with_company(struct shot *shot, bool fresh)
{
	draft(shot, fresh, 1);
}

void shot_draft_with_owner(struct shot *shot, bool fresh)
{
	draft(shot, fresh, 2);
}

void shot_draft_with_subdomain(struct shot *shot, bool fresh)
{
	draft(shot, fresh, 3);
}

void shot_draft_done(struct shot *shot, bool fresh)
{
	draft(shot, fresh, 4);
}

void shot_subdomain_query(struct shot *shot, bool fresh)
{
	(void)fresh;
	shot->query = STR("name=marker-free");
}

struct str shot_address(const struct shot *shot)
{
	return shot->from ? text("owner@%.*s.example", STR_FMT_ARG(shot->from->company.slug))
			  : STR("owner@nobody-at-all.example");
}

void shot_password_of_owner(struct shot *shot, bool fresh)
{
	struct str email = shot_address(shot);

	(void)fresh;
	if (shot->route->face == FACE_API) {
		shot->body = text("{\"email\":\"%.*s\",\"password\":\"%s\"}", STR_FMT_ARG(email), PASSWORD);
		shot->type = STR("application/json");
		return;
	}
	shot->body = text("csrf=%.*s&email=%.*s&password=%s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(email), PASSWORD);
	shot->type = STR("application/x-www-form-urlencoded");
}

struct str shot_link(const struct shot *shot, int purpose)
{
	return shot->from ? shot->from->link[purpose] : STR("tl_abcd1234_none");
}

static struct str link_for(const struct shot *shot, bool fresh, int purpose)
{
	return fresh ? company_link(&shot->from->company, purpose, ROLE_MEMBER) : shot_link(shot, purpose);
}

void shot_handover_code(struct shot *shot, bool fresh)
{
	shot->query = text("code=%.*s", STR_FMT_ARG(link_for(shot, fresh, LINK_HANDOVER)));
}

void shot_password_token(struct shot *shot, bool fresh)
{
	struct str link = link_for(shot, fresh, LINK_SET_PASSWORD);

	if (shot->route->method == METHOD_GET) {
		shot->query = text("token=%.*s", STR_FMT_ARG(link));
		return;
	}
	shot->body = text("csrf=%.*s&token=%.*s&password=%s", STR_FMT_ARG(shot->csrf), STR_FMT_ARG(link), PASSWORD);
	shot->type = STR("application/x-www-form-urlencoded");
}

static struct str company_session(const struct planted *planted, enum role role)
{
	struct session_origin origin = {STR_NONE, STR_NONE};
	struct session session;
	struct tenant *tenant;
	struct uuid user;
	struct ttx *tx;

	assert_true(uuid_parse(planted->company.user[role], &user));
	MUST(resolver_by_slug(web->app.resolver, web->arena, planted->company.slug, &tenant));
	tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);
	MUST(session_start(tx, tenant, user, &origin, &session));
	MUST(ttx_commit(tx));
	return session.token;
}

/* Ends a session that nothing else uses. */
void shot_log_out(struct shot *shot, bool fresh)
{
	if (!fresh)
		return;
	shot->session = company_session(shot->who, ROLE_VIEWER);
	shot->csrf = shot_csrf(shot);
}

/* As the person's row is now. */
void shot_own_account(struct shot *shot, bool fresh)
{
	struct str version = arena_copy(
		web->arena, test_sql_value("SELECT version FROM tenant_users WHERE tenant_id = '%s' AND id = '%.*s'",
					   uuid_text(web->arena, shot->who->company.id).p,
					   STR_FMT_ARG(shot->who->company.user[shot->role])));

	(void)fresh;
	shot->body = body_as_form(shot->route->entity, body_make(shot->from, shot->route->entity, WRITE_UPDATE),
				  shot->csrf, version);
	shot->type = STR("application/x-www-form-urlencoded");
}

/* To the same again: others log in by it. */
void shot_own_password(struct shot *shot, bool fresh)
{
	(void)fresh;
	if (shot->route->face == FACE_API) {
		shot->body = STR("{\"current_password\":\"" PASSWORD "\",\"password\":\"" PASSWORD "\"}");
		shot->type = STR("application/json");
		return;
	}
	shot->body = text("csrf=%.*s&current_password=%s&password=%s", STR_FMT_ARG(shot->csrf), PASSWORD, PASSWORD);
	shot->type = STR("application/x-www-form-urlencoded");
}
