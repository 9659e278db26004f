/* Signing in and out of a workspace, the hand-over from the sign-up, and a first password. */
#include "fcgi/handlers.h"
#include "fcgi/rate.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/tenant/link.h"
#include "lib/tenant/profile.h"
#include "lib/tenant/session.h"
#include "lib/tenant/user.h"

#define SESSION_COOKIE_SECONDS ((int64_t)SESSION_MOST_DAYS * 86400)

static struct session_origin origin_of(const struct context *c)
{
	return (struct session_origin){request_header(c->request, "user-agent", NULL), c->request->address};
}

/* Where to go after log-in: a path of this host, nothing else. */
static struct str safe_next(struct str next)
{
	bool local = next.n > 0 && next.n <= 1024 && next.p[0] == '/' &&
		     !(next.n > 1 && (next.p[1] == '/' || next.p[1] == '\\'));

	for (size_t i = 0; local && i < next.n; i++)
		local = (unsigned char)next.p[i] > 0x20 && next.p[i] != 0x7f && next.p[i] != '\\';
	return local ? next : STR("/");
}

static void login_view(struct context *c, struct str email, struct str next)
{
	value_put_str(c->page, "next", safe_next(next));
	value_put_str(c->page, "email", str_absent(email) ? STR("") : email);
	value_put_text(c->page, "failure", NULL);
	context_csrf_anonymous(c);
}

enum err login_form(struct context *c)
{
	if (c->principal)
		return context_redirect(c, safe_next(form_text(&c->query, "next")));
	login_view(c, STR_NONE, form_text(&c->query, "next"));
	return OK;
}

static enum err check_login(struct context *c, const struct record *input, struct session *session)
{
	struct session_origin origin = origin_of(c);

	TRY(rate_account(c, record_text(input, "email")));
	return log_in(c->tx, c->tenant, record_text(input, "email"), record_text(input, "password"), &origin, session);
}

enum err login(struct context *c)
{
	static const char *const also[] = {"csrf", "next", NULL};
	struct record *input = record_new(c->arena, &login_entity);
	struct session session;
	enum err e;

	login_view(c, form_text(&c->form, "email"), form_text(&c->form, "next"));
	TRY(record_from_form(input, WRITE_CREATE, &c->form, also, c->errors));
	e = check_login(c, input, &session);
	if (e == E_UNAUTH)
		value_put_text(c->page, "failure",
			       "That e-mail and password do not belong together. Check both and try again.");
	TRY(e);
	context_session_cookie(c, session.token, SESSION_COOKIE_SECONDS);
	return context_redirect(c, safe_next(form_text(&c->form, "next")));
}

static void put_user(struct context *c, const struct principal *principal)
{
	struct value *user = value_put_map(c->data, "user");

	value_put_str(user, "id", uuid_text(c->arena, principal->user_id));
	value_put_str(user, "name", principal->name);
	value_put_str(user, "email", principal->email);
	value_put_text(user, "role", role_name(principal->role));
}

enum err api_login(struct context *c)
{
	struct record *input = record_new(c->arena, &login_entity);
	struct session session;
	enum err e;

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	e = check_login(c, input, &session);
	if (e == E_UNAUTH)
		return context_fail(c, E_UNAUTH, "That e-mail and password do not belong together.");
	TRY(e);
	value_put_str(c->data, "token", session.token);
	value_put_str(c->data, "expires_at", clock_rfc3339(c->arena, session.expires_at));
	put_user(c, session.principal);
	return OK;
}

enum err logout(struct context *c)
{
	TRY(session_end(c->tx, c->principal->credential_id));
	context_session_cookie(c, STR(""), 0);
	return context_redirect(c, STR("/login?done=signed_out"));
}

enum err api_logout(struct context *c)
{
	return session_end(c->tx, c->principal->credential_id);
}

/* A code from the sign-up, bound to this tenant, valid for 60 seconds and once. */
enum err handover(struct context *c)
{
	struct session_origin origin = origin_of(c);
	struct session session;
	struct link_user user;
	enum err e;

	/* Who only looks whether the address is alive must not use it up. */
	if (c->request->method == METHOD_HEAD)
		return context_redirect(c, STR("/login"));
	e = link_take(c->tx, c->tenant, LINK_HANDOVER, form_text(&c->query, "code"), &user);
	if (e == E_NOTFOUND)
		return context_redirect(c, STR("/login?done=handover_over"));
	TRY(e);
	TRY(session_start(c->tx, c->tenant, user.user_id, &origin, &session));
	context_session_cookie(c, session.token, SESSION_COOKIE_SECONDS);
	return context_redirect(c, STR("/?done=welcome"));
}

static enum err password_view(struct context *c, struct str token)
{
	struct link_user user;
	enum err e = link_peek(c->tx, c->tenant, LINK_SET_PASSWORD, token, &user);

	if (e == E_NOTFOUND)
		return context_fail(c, E_NOTFOUND,
				    "This link was used already or is too old. Ask whoever sent it for a new one.");
	TRY(e);
	value_put_str(c->page, "token", token);
	value_put_str(c->page, "email", user.email);
	value_put_str(c->page, "name", user.name);
	context_csrf_anonymous(c);
	return OK;
}

enum err password_form(struct context *c)
{
	struct record *input = record_new(c->arena, &password_entity);

	TRY(password_view(c, form_text(&c->query, "token")));
	record_form_view(input, NULL, c->errors, WRITE_CREATE, value_put_list(c->page, "fields"));
	return OK;
}

enum err password_set(struct context *c)
{
	static const char *const also[] = {"csrf", "token", NULL};
	struct record *input = record_new(c->arena, &password_entity);
	struct str token = form_text(&c->form, "token");
	struct session_origin origin = origin_of(c);
	struct value *fields = value_list(c->arena);
	struct session session;
	struct link_user user;
	enum err e;

	TRY(password_view(c, token));
	value_put(c->page, "fields", fields);
	e = record_from_form(input, WRITE_CREATE, &c->form, also, c->errors);
	if (e == OK)
		e = link_take(c->tx, c->tenant, LINK_SET_PASSWORD, token, &user);
	if (e == OK)
		e = user_set_password(c->tx, c->tenant, user.user_id, record_text(input, "password"), "password",
				      c->errors);
	if (e == OK)
		e = session_start(c->tx, c->tenant, user.user_id, &origin, &session);
	if (e != OK) {
		record_form_view(input, NULL, c->errors, WRITE_CREATE, fields);
		return e;
	}
	context_session_cookie(c, session.token, SESSION_COOKIE_SECONDS);
	return context_redirect(c, STR("/?done=password_set"));
}
