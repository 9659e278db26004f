#include "fcgi/credential.h"
#include "fcgi/csrf.h"

static enum err sent_twice(struct exchange *x, const char *what)
{
	return context_fail(&x->context, E_MALFORMED, "%s was sent twice.", what);
}

static enum err read_cookies(struct exchange *x, struct str *session)
{
	bool repeated, twice;
	struct str header = request_header(x->context.request, "cookie", &repeated);

	*session = STR_NONE;
	if (repeated)
		return sent_twice(x, "The Cookie header");
	if (str_absent(header))
		return OK;
	*session = cookie_find(header, SESSION_COOKIE, &twice);
	if (twice)
		return sent_twice(x, "The cookie " SESSION_COOKIE);
	x->visit = cookie_find(header, VISIT_COOKIE, &twice);
	if (twice)
		return sent_twice(x, "The cookie " VISIT_COOKIE);
	if (!csrf_visit_valid(x->visit))
		x->visit = STR_NONE;
	return OK;
}

/* A browser's cookie: what is no session of this host is no credential at all. */
static void take_session(struct exchange *x, struct str cookie)
{
	const struct tenant *tenant = x->context.tenant;

	if (cookie.n == 0 || !tenant)
		return;
	if (token_parse(cookie, &x->token) && x->token.kind == TOKEN_SESSION &&
	    str_equal(x->token.code, tenant->code)) {
		x->credential = cookie;
		x->has_token = true;
	} else {
		x->stale_session = true;
	}
}

static enum err read_page_credential(struct exchange *x, struct str cookie)
{
	const struct route *route = x->context.route;

	/* The log-in page sends on who is signed in already; other public pages do not ask. */
	if (route->who != WHO_ANYONE || (route->work == WORK_TENANT_READ && route->face == FACE_PAGE))
		take_session(x, cookie);
	if (route->who == WHO_ANYONE || x->has_token)
		return OK;
	x->sign_in = true;
	return context_fail(&x->context, E_UNAUTH, "Please sign in.");
}

static enum err refuse(struct exchange *x, const char *detail)
{
	return context_fail(&x->context, E_UNAUTH, "%s", detail);
}

static bool kind_fits(const struct exchange *x, bool by_key_header)
{
	enum token_kind kind = x->token.kind;

	if (x->context.route->who == WHO_OPERATOR)
		return kind == TOKEN_OPERATOR && !by_key_header;
	return kind == TOKEN_API_KEY || (kind == TOKEN_SESSION && !by_key_header);
}

static enum err read_api_credential(struct exchange *x)
{
	bool twice_bearer, twice_key;
	struct str bearer = request_header(x->context.request, "authorization", &twice_bearer);
	struct str key = request_header(x->context.request, "x-api-key", &twice_key);

	if (x->context.route->who == WHO_ANYONE)
		return OK;
	if (twice_bearer || twice_key)
		return sent_twice(x, twice_key ? "X-API-Key" : "Authorization");
	if (!str_absent(bearer)) {
		struct str scheme = str_split(&bearer, ' ');

		if (!str_equal_nocase(scheme, STR("Bearer")) || str_absent(bearer))
			return refuse(x, "The Authorization header must be \"Bearer\" and a key or token.");
		bearer = str_trim(bearer);
	}
	if (!str_absent(bearer) && !str_absent(key) && !str_equal_secret(bearer, str_trim(key)))
		return context_fail(&x->context, E_MALFORMED,
				    "Authorization and X-API-Key name different credentials. Send one of them.");
	if (str_absent(bearer) && str_absent(key))
		return refuse(x, "Send a key or a session's token: \"Authorization: Bearer …\".");
	x->credential = str_absent(bearer) ? str_trim(key) : bearer;
	if (!token_parse(x->credential, &x->token) || !kind_fits(x, str_absent(bearer)))
		return refuse(x, "That credential is not valid here. Check that it was copied whole.");
	x->has_token = true;
	if (x->context.route->who == WHO_SESSION && x->token.kind == TOKEN_API_KEY)
		return context_fail(&x->context, E_FORBIDDEN,
				    "An API key cannot do this: sign in and use the session's token.");
	return OK;
}

enum err credential_read(struct exchange *x)
{
	struct str cookie;
	enum err e;

	if (x->context.route->who == WHO_STRANGER)
		return OK;
	e = read_cookies(x, &cookie);
	if (e != OK)
		return e;
	return x->context.route->face == FACE_API ? read_api_credential(x) : read_page_credential(x, cookie);
}

struct str credential_rate_key(struct exchange *x)
{
	bool counted_by_address =
		!x->has_token || x->context.route->rate == RATE_LOGIN || x->context.route->rate == RATE_SIGNUP;

	if (counted_by_address)
		return rate_address_key(x->context.arena, x->context.request->address);
	return (struct str){(const char *)x->token.hash, sizeof(x->token.hash)};
}
