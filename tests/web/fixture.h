/*
 * What the web tests share: companies with a person of every role, one call a request, a browser that keeps cookies and form tokens.
 *
 * Each answer is looked at before a test sees it: it has its headers, is no failure of ours, is whole JSON or HTML, and shows no SQL and no path.
 */
#ifndef DEMAND_TESTS_FIXTURE_H
#define DEMAND_TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/entity/entity.h"
#include "lib/tenant/principal.h"
#include "tests/web/client.h"

extern struct web *web;
int fixture_open(void **);
int fixture_close(void **);
#define MUST(call) assert_int_equal((call), OK)
#define ROLES (ROLE_OWNER + 1)
#define PASSWORD "garden-gate-squeaks-twice"

/* Printed text in the web's arena. */
struct str text(const char *format, ...) PRINTF(1, 2);
/* Until a change on another connection has told the resolver. */
void settle(void);

/* ---- companies ---- */

struct company {
	struct str slug;
	struct uuid id;
	struct str user[ROLES], email[ROLES], session[ROLES], key[ROLES]; /* by role; there is no owner's key */
};
/* On the enterprise plan, in trial; the slug is the stem and something random. The owner's password is PASSWORD, the others have none. */
void company_make(struct company *, const char *stem);
/* The fixture and two of them. */
int fixture_companies(void **, struct company *acme, struct company *other);
/* SQL on the company's tenants row, told to the resolver: company_set(&acme, "status = 'suspended'"). */
void company_set(const struct company *, const char *assignment);
/* A lead of that name; its id. */
struct str company_lead(const struct company *, const char *name);
/* The id of its stage of that name. */
struct str company_stage(const struct company *, const char *name);
struct str operator_key(void);
/* A hand-over code or set-password link of the company's person. */
struct str company_link(const struct company *, int purpose, enum role);

/* ---- one request ---- */

struct ask {
	enum method method; /* 0: GET */
	struct str host;    /* label; absent: the apex */
	const char *path;
	struct str bearer;
	const char *json; /* sent as application/json */
	struct str body;  /* sent as `type` */
	const char *type;
	const char *headers[4][2];
	bool may_fail; /* a status of 500 and above is not the fixture's business */
};
const struct response *ask_send(const struct ask *);
#define ASK(...) ask_send(&(struct ask){__VA_ARGS__})
/* Of the API, whatever version a row has now. */
const struct response *ask_api(const struct company *, struct str bearer, enum method, const char *path,
			       const char *json);
/* A member moves a lead; format, NULL for none, is what stands in front of the second id: ",\"after_id\":\"". */
const struct response *ask_move(const struct company *, struct str lead, const char *format, struct str stage,
				struct str second);

/* ---- answers ---- */

bool body_has(const struct response *, const char *piece);
#define assert_has(response, piece) assert_true_of(response, body_has(response, piece), piece)
#define assert_hasnt(response, piece) assert_true_of(response, !body_has(response, piece), piece)
#define assert_status(response, wanted) assert_status_at(response, wanted, __FILE__, __LINE__)
#define assert_true_of(response, truth, what) assert_true_at(response, truth, what, __FILE__, __LINE__)
void assert_status_at(const struct response *, int wanted, const char *file, int line);
void assert_true_at(const struct response *, bool, const char *what, const char *file, int line);
/* Of a JSON answer; path: "data.0.name". NULL when not there. */
const struct value *json_at(const struct response *, const char *path);
struct str json_text(const struct response *, const char *path);
#define assert_json(response, path, wanted)                                                                            \
	assert_true_of(response, str_is(json_text(response, path), wanted), path " = " wanted)
/* A problem document that names the field with that code; code NULL: any. */
#define assert_field_error(response, status, field, code)                                                              \
	assert_field_error_at(response, status, field, code, __FILE__, __LINE__)
void assert_field_error_at(const struct response *, int status, const char *field, const char *code, const char *file,
			   int line);
/* The text between two pieces of the body; fails without. */
struct str body_between(const struct response *, const char *before, const char *after);
/* The input of the form that has this name, up to its '>': for is-invalid, value… */
struct str input_tag(const struct response *, const char *name);
bool tag_has(struct str tag, const char *piece);
struct str location_of(const struct response *);
#define assert_goes_to(response, wanted) assert_goes_to_at(response, wanted, __FILE__, __LINE__)
void assert_goes_to_at(const struct response *, struct str wanted, const char *file, int line);

/* ---- a browser on one host ---- */

struct browser {
	struct str host; /* label */
	struct {
		struct str name, value;
	} jar[8];
	size_t cookies;
	struct str csrf; /* of the last page that had one */
};
struct browser browser_at(struct str host);
struct browser browser_as(const struct company *, enum role);
const struct response *browse(struct browser *, const char *path);
/* Urlencoded; the token of the last page is added (from "/" when there was none). */
const struct response *submit(struct browser *, const char *path, const char *form);
/* Multipart: the pairs, ended by NULL, the token, and one file. */
const struct response *upload(struct browser *, const char *path, const char *const *pairs, const char *file_field,
			      struct str file);
struct str browser_cookie(const struct browser *, const char *name);

#endif
