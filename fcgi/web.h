/*
 * The web layer's own types: a request, an answer, a route, and what a handler may touch.
 *
 * A request travels: fastcgi_io -> dispatch_request() [caps -> host -> route -> rate -> credential -> scope -> CSRF -> permission and plan -> begin
 * -> handler -> render into the response -> commit] -> fastcgi_io. Everything here lives in the request's arena.
 */
#ifndef DEMAND_WEB_H
#define DEMAND_WEB_H

#include "lib/base/config.h"
#include "lib/base/errors.h"
#include "lib/entity/entity.h"
#include "lib/pg/pg.h"
#include "lib/tenant/principal.h"
#include "lib/tenant/tenant.h"
#include "lib/text/form.h"
#include "lib/text/template.h"
#include "lib/text/value.h"

/* ---- request and answer ---- */

enum method {
	METHOD_GET = 1,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER
};
const char *method_name(enum method);

struct header {
	struct str name, value; /* name in lower case with '-': "x-api-key" */
};

struct request {
	enum method method;
	struct str path;       /* raw, begins with '/', without the query */
	struct str query;      /* raw, may be empty */
	struct str host;       /* without port, lower case */
	struct str address;    /* of the client */
	struct str request_id; /* made by nginx, or by us when it is missing or malformed */
	const struct header *headers;
	size_t header_count;
	struct str body;
	bool body_too_big; /* over the cap: body is empty */
	int64_t started;   /* clock_monotonic */
};
/* Absent when not sent; sets *duplicate (may be NULL) when sent twice. */
struct str request_header(const struct request *, const char *lower_case_name, bool *duplicate);

struct exchange;
struct response {
	int status;
	struct buffer headers; /* "Name: value\r\n"… without Status */
	struct buffer body;
	bool no_body; /* HEAD, 204, 304 */
	struct exchange
		*streaming; /* the rest of the body is made while it is sent (dispatch_piece); NULL: body is all */
};
/* value must hold no control character (then the header is left out and logged). */
void response_header(struct response *, const char *name, struct str value);
/* __Host-…; Secure; HttpOnly; SameSite=Lax; Path=/. max_age 0 deletes. */
void response_cookie(struct response *, const char *name, struct str value, int64_t max_age_seconds);

/* ---- routes ---- */

enum face { FACE_PAGE = 1, FACE_API, FACE_RAW /* bytes of its own type: logo, openapi, health */ };
enum who {
	WHO_ANYONE = 1, /* no credential is looked at, except that pages of a signed-in person show the shell */
	WHO_MEMBER,     /* session or API key */
	WHO_SESSION,    /* a person: session only */
	WHO_OPERATOR,   /* operator key */
	WHO_STRANGER /* nobody: no credential and no cookie is read or set, so that a form on another site may send here */
};
enum rate_class { RATE_FREE = 1, RATE_READ, RATE_WRITE, RATE_LOGIN, RATE_SIGNUP };
enum pool { POOL_WEB = 1, POOL_PASSWORD /* hashes passwords: has its own workers */ };
enum work {
	WORK_NONE = 1,        /* no database */
	WORK_TENANT_READ,     /* context->tx READ ONLY */
	WORK_TENANT_WRITE,    /* context->tx */
	WORK_TENANT_SNAPSHOT, /* READ ONLY, and all of its statements see one state */
	WORK_SYSTEM_READ,     /* context->stx READ ONLY */
	WORK_SYSTEM_WRITE
};
#define ON_APEX (1u << HOST_APEX)
#define ON_APP (1u << HOST_APP)
#define ON_API (1u << HOST_API)
#define ON_ADMIN (1u << HOST_ADMIN)
#define ON_TENANT (1u << HOST_TENANT)
#define ON_ANY (ON_APEX | ON_APP | ON_API | ON_ADMIN | ON_TENANT)

struct context;
typedef enum err handler(struct context *);

struct route {
	enum method method; /* GET serves HEAD too */
	const char *path;   /* "{id}" is one segment, a uuid; anything else that stands there is a 404 */
	unsigned hosts;
	enum face face;
	enum who who;
	enum permission can; /* CAN_NOTHING where who is WHO_ANYONE, WHO_OPERATOR or WHO_STRANGER */
	enum feature feature;
	enum rate_class rate;
	enum pool pool;
	enum work work;
	handler *handler;
	const char *template; /* FACE_PAGE: what is rendered on OK; NULL when it always redirects */
	const char *
		retry_template; /* FACE_PAGE forms: rendered with the error's status after E_INVALID, E_CONFLICT, E_LIMIT, E_PRECONDITION, E_UNAUTH, and after E_RATE where the handler added a sentence; NULL: error page */
	const struct entity *entity; /* the entity, or the input that describes the body (OpenAPI, isolation tests) */
	int status;                  /* of OK: 200, 201, 204, 303 */
	bool idempotent;             /* POST takes an Idempotency-Key */
	const char *summary;         /* one line for OpenAPI and docs; NULL for pages */
};

/* The whole table: routes.c's own rows and the entity rows once for each entity. Built once, then constant. */
const struct route *routes(size_t *count);
/* Complaints about rows that contradict themselves: a forgotten column is 0 and refuses to start. */
bool routes_check(struct buffer *complaints) MUST_CHECK;
enum route_match { ROUTE_FOUND = 1, ROUTE_NO_PATH, ROUTE_NO_METHOD };
/* id is set when the path has one; allowed (for 405 and OPTIONS) is "GET, HEAD, POST". */
enum route_match route_find(struct arena *, enum host_kind, enum method, struct str path, const struct route **,
			    struct uuid *id, struct str *allowed);

/* ---- one worker's tools ---- */

struct shared; /* memory shared between workers: rate buckets, API call counters, worker slots */
struct worker_slot;

struct app {
	const struct config *config;
	const struct templates *templates;
	struct shared *shared;
	struct worker_slot *slot; /* of this worker; NULL where there is none */
	struct pg *app_pg;        /* demand_app */
	struct pg *auth_pg;       /* demand_auth */
	struct resolver *resolver;
	struct figures *figures; /* NULL: reports are read each time */
};

/* ---- what a handler may touch ---- */

/* A list that was sent for before it is wanted: it shares a round trip with what is. */
struct ahead {
	struct list_query query;
	struct rows *sent;
};

struct context {
	struct arena *arena;
	const struct app *app;
	const struct request *request;
	struct response *response;
	const struct route *route;
	enum host_kind host;
	struct str origin;                 /* "https://acme-hvac.demand.localhost:8443" of this host */
	const struct tenant *tenant;       /* NULL on platform hosts (set on the api host once the key is known) */
	const struct entity *entity;       /* route->entity, with what the company has added to it */
	const struct principal *principal; /* NULL when nobody is signed in */
	struct ttx *tx;                    /* by route->work, else NULL */
	struct stx *stx;
	struct ahead *ahead; /* NULL: nothing was */
	struct uuid id;      /* of {id} */
	struct form query;   /* parsed */
	struct form form;    /* parsed body of a page POST */
	struct value *json;  /* parsed body of an API request with one; NULL without */
	struct errors *errors;
	struct value *data;    /* public: the JSON body; also visible to the template */
	struct value *page;    /* template only: shell, csrf, choices, flash */
	struct value *problem; /* API: members of a problem document beyond its own; NULL: none */
	struct str detail;     /* the sentence of an error answer; empty: the status's default */
	int status;            /* 0: route->status */
	const char *template;  /* NULL: route->template (or retry_template after an error) */
};

/* 303 for pages. location is a path on this host, or an absolute URL made by config_origin. */
enum err context_redirect(struct context *, struct str location);
/*
 * "return" of the form or the query: a path on this host, with its query, where the person wants to be afterwards.
 * Absent when there is none, or what is there is no such path.
 */
struct str context_return_path(const struct context *);
/* 303 to there, else to `otherwise`, with a word (flash.c) on what was done. */
enum err context_redirect_back(struct context *, struct str otherwise, const char *done);
/* Puts page.csrf for a page that nobody is signed in to (sets the visit cookie when there is none). Signed-in pages have it already. */
void context_csrf_anonymous(struct context *);
/* Sets detail and returns the error: return context_fail(c, E_FORBIDDEN, "…"). */
enum err context_fail(struct context *, enum err, const char *format, ...) PRINTF(3, 4);
/* Whether a page should offer it: the role allows it and the workspace takes changes. */
bool context_may(const struct context *, enum permission);
/* The zone in which times are typed and shown: the person's own, else the company's; absent: UTC. */
struct str context_time_zone(const struct context *);
/* ETag of a stored row: "\"3\"". */
void context_etag(struct context *, int64_t version);
/* If-Match against a version: OK, E_PRECONDITION, or E_NEEDMATCH when required and missing. "*" matches. */
enum err context_if_match(struct context *, int64_t version, bool required) MUST_CHECK;
/* Raw body for FACE_RAW. bytes live as long as the arena. */
void context_raw(struct context *, const char *content_type, struct str bytes);
/*
 * Instead of a body: one that is made while it is sent, for any face. The handler's transaction stays open until the last piece. `out` is empty at the
 * call; what a piece allocates in the context's arena is given back after it, so state must not come to point there. An error breaks the connection
 * off: what was sent never looks complete. GET only; state lives in the arena.
 */
typedef enum err stream_next(struct context *, void *state, struct buffer *out, bool *more);
void context_stream(struct context *, const char *content_type, stream_next *, void *state);
/* Told of it in transactions of their own: before its first byte, where an error refuses it, and when it is over. */
struct stream_watch {
	enum err (*begins)(struct ttx *, void *state);
	enum err (*ended)(struct ttx *, void *state, bool whole);
};
void context_stream_watched(struct context *, const struct stream_watch *);
/* Starts and ends the browser's session on a tenant host. */
void context_session_cookie(struct context *, struct str token, int64_t max_age_seconds);

/* The whole path from request to answer, in process: what tests drive. Never fails; the answer is complete and committed. */
/* A body that is made while it is sent is put together first; one that was broken off has status 0. */
void dispatch_request(const struct app *, struct arena *, const struct request *, struct response *);

#endif
