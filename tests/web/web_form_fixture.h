/* What the tests of web forms share: two companies, a form, and what another site's form sends. */
#ifndef DEMAND_TESTS_WEB_FORM_FIXTURE_H
#define DEMAND_TESTS_WEB_FORM_FIXTURE_H

#include "tests/web/fixture.h"

static struct company acme, other;

static inline int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&other, "other");
	return 0;
}

static inline const struct response *get(const char *path)
{
	return ASK(.host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER]);
}

static inline struct str form_made(const char *members)
{
	static int number;
	const struct response *answer =
		ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/web_forms", .bearer = acme.key[ROLE_ADMIN],
		    .json = text("{\"name\": \"Form %d\"%s%s}", ++number, *members ? ", " : "", members).p);

	assert_status(answer, 201);
	return json_text(answer, "id");
}

/* As another site's form sends it: no cookie, no token. Each from an address of its own, unless a test is about that. */
static inline const struct response *send_to(struct str host, struct str form, const char *body, const char *referer)
{
	return ASK(.method = METHOD_POST, .host = host, .path = text("/f/%.*s", STR_FMT_ARG(form)).p,
		   .body = str_from(body), .type = "application/x-www-form-urlencoded",
		   .headers = {{"origin", "https://www.acme-heating.example"},
			       {"sec-fetch-site", "cross-site"},
			       {"referer", referer ? referer : "https://www.acme-heating.example/"}});
}

static inline const struct response *sent(struct str form, const char *body)
{
	return send_to(acme.slug, form, body, NULL);
}

static inline const struct response *leads_of(const char *email)
{
	return get(text("/api/leads?q=%s", email).p);
}

static inline const struct response *requests_of(struct str form)
{
	return get(text("/api/web_forms/%.*s/requests", STR_FMT_ARG(form)).p);
}

/* What the box of the form's page sends when it is ticked. */
static inline struct str box_of(struct str form)
{
	const struct response *page = ASK(.host = acme.slug, .path = text("/f/%.*s", STR_FMT_ARG(form)).p);

	assert_status(page, 200);
	return body_between(page, "name=\"consent\" value=\"", "\"");
}

static inline struct str changed(struct str form, const char *json)
{
	const struct response *answer =
		ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/web_forms/%.*s", STR_FMT_ARG(form)).p,
		    .bearer = acme.key[ROLE_ADMIN], .json = json, .headers = {{"if-match", "*"}});

	assert_status(answer, 200);
	return form;
}

#endif
