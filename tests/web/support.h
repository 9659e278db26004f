/* A workspace to ask things of, and short ways to ask. */
#ifndef DEMAND_TESTS_WEB_SUPPORT_H
#define DEMAND_TESTS_WEB_SUPPORT_H

#include "tests/web/client.h"

struct workspace {
	struct str slug, host; /* "acme-x7…", "acme-x7….demand.localhost" */
	struct tenant *tenant;
	struct uuid owner;
	struct str session;         /* of the owner */
	struct str key, viewer_key; /* API keys: admin, viewer */
};

/* A new company with its owner, who is signed in, and two keys. */
void workspace_make(struct web *, const char *stem, struct workspace *out);
/* Makes a change by test_sql visible at once: forgets what the resolver knows. */
void workspace_forget(struct web *);
/* Rows of a table of the tenant. */
int64_t workspace_rows(const struct workspace *, const char *table);

/* headers: "name: value" each, ended by NULL. */
const struct response *ask(struct web *, const char *method, struct str host, const char *path,
			   const char *const *headers, const char *body);
#define HEADERS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_HEADERS ((const char *const[]){NULL})
/* "authorization: Bearer …" and "cookie: __Host-session=…" */
const char *bearer(struct web *, struct str credential);
const char *session_cookie(struct web *, struct str session);
/* Whether the body holds the text. */
bool says(const struct response *, const char *text);
/* As says, for a header's value; false when there is none. */
bool header_says(const struct response *, const char *name, const char *text);

#endif
