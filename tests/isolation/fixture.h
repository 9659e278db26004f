/*
 * What the isolation tests share: companies with a row in every table of tenants, and a valid request for every route.
 *
 * Nothing here names an entity or a table of records: bodies are made from the field tables, rows of other tables from the catalogue. What cannot
 * be guessed stands in two small tables of exceptions, in fixture_body.c (values) and fixture_special.c (requests).
 */
#ifndef DEMAND_ISOLATION_FIXTURE_H
#define DEMAND_ISOLATION_FIXTURE_H

#include "fcgi/csrf.h"
#include "lib/crm/entities.h"
#include "lib/text/json.h"
#include "tests/web/fixture.h"

/* The visit of a browser that nobody is signed in with, and ids that no table has. */
#define VISIT "0123456789abcdef0123456789abcdef"
#define VISIT_PAIR VISIT_COOKIE "=" VISIT
#define NOBODYS_ID "01900000-0000-7000-8000-00000000dead"
#define NOBODYS_OTHER_ID "01900000-0000-7000-8000-00000000beef"

/* DEMAND_CAMPAIGN=full: everything, however long it takes. Otherwise a test may take a part that shifts through all. */
bool fixture_in_full(void);

/* ---- companies ---- */

struct planted {
	struct company company;
	const char *letter; /* "A": texts of its rows begin with MARKER-A-<table>-<field> */
	struct str link[3]; /* by purpose, of the member */
};

/* The tables of tenants, whether or not a policy guards them at the moment: whose key begins with tenant_id. Ended by NULL. */
#define TENANT_TABLES_MOST 256
const char *const *tenant_tables(void);
/* A company with people of every role and a row in every table that has tenant_id. */
void planted_make(struct planted *, const char *letter);
/*
 * The same rows as of another, as they are now: with the same ids and hashes, but a marker of its own. The first time it is made. False: there
 * was nothing more to copy.
 */
bool planted_twin(struct planted *twin, const char *letter, const struct planted *of);
/* Of a twin: "table: number of rows and their versions" lines. No write to a row goes unseen. */
struct str planted_versions(const struct planted *twin);
/* The id of one of its rows; absent when the table is no table of tenants or it has none. */
struct str planted_row(const struct planted *, const char *table);
/* The table in which it has a row of that id; absent: none. */
struct str planted_table_of(const struct planted *, struct str id);
/* A new row of that table, which the caller may spoil: for entities and the tables of users and keys. */
struct str planted_new_row(const struct planted *, const char *table);
/* Every row of every table that has tenant_id, as one text of "table: hash" lines. */
struct str planted_hash(const struct planted *);
/* The tables in which it has a text of another company's; absent: none. */
struct str planted_strangers(const struct planted *);
/* The text with the company's id for '~' and its letter for '`'. */
struct str planted_sql(const struct planted *, const char *sql);
/* The first line in which two of them differ: the table's name. */
const char *planted_difference(struct str before, struct str after);
/* Whether any byte of the answer is of one of its rows; name_too: or of its name and address, which its public pages show. */
bool shows_rows_of(const struct response *, const struct planted *, bool name_too);

/* ---- bodies ---- */

/* A valid input for the entity, with references to rows of that company. */
struct value *body_make(const struct planted *of, const struct entity *, enum write_kind);
/* As a browser would send it: money in dollars, ticks as "on", with csrf and version where the input takes them. */
struct str body_as_form(const struct entity *, const struct value *body, struct str csrf, struct str version);
/* A hook refused that field: from now on it is left out, or given otherwise where it must be given. False: there is no other way. */
bool body_otherwise(const struct entity *, const struct field *);
/* Each text that body_make makes ends in the next number. Answers the last one; set: goes on from there, 0: does not. */
unsigned body_number(unsigned set);
/* Whether body_make writes to that field. */
bool body_takes(const struct entity *, const struct field *, enum write_kind);

/* ---- requests ---- */

enum credential { BY_NOTHING = 1, BY_COOKIE, BY_TOKEN, BY_KEY, BY_OPERATOR, BY_MADE_UP };

/* A request for a route. What is left out is as it should be: make_shot() fills in the rest, a test changes one thing. */
struct shot {
	const struct route *route;
	enum host_kind host;
	const struct planted *at;  /* whose host, on HOST_TENANT */
	const struct planted *who; /* whose credential */
	enum role role;
	enum credential by;
	enum method method;
	struct str id, query;          /* of {id}; behind '?' */
	const struct planted *from;    /* whose rows the body refers to */
	const struct field *reference; /* this one refers to reference_id instead */
	struct str reference_id;
	struct str cookie;  /* one more */
	struct str session; /* absent: that of who */
	struct str csrf;    /* the field's text */
	const char *header[3][2];
	struct str body, type; /* body absent: made of the route's entity */
	bool too_big;
	enum rate_class exhausted; /* the sender has used up that rate; 0: none */
	enum feature feature;      /* what the route asks the plan for while this is answered; 0: as its row says */
	int status;                /* that a valid request is answered with */
};

/* A valid request; fresh: to a row made for it. False: there is no fixture, and *why says what is missing. */
bool make_shot(struct shot *, const struct route *, enum host_kind, enum credential, const struct planted *who,
	       bool fresh, const char **why);
/* Makes the body, which asks the database: for who may not be asked in between. */
void shot_load(struct shot *);
const struct response *shoot(const struct shot *);
/*
 * The last answer as one text, without what differs between any two: the request's id and what is left of a rate. sent: words of the request, ended by
 * an absent one, each of which becomes "ID" where it is repeated; may be NULL.
 */
struct str answer_text(const struct response *, const struct str *sent);
/* Of {id} in the route's path; NULL: unknown. */
const char *route_table(const struct route *);
/* The right token of forms for whoever sends the shot. */
struct str shot_csrf(const struct shot *);
/* What a route's owner uses: the first is enough for most. Ended by 0. */
const enum credential *route_credentials(const struct route *);
/* The hosts of a route, one after the other: HOST_UNKNOWN begins and ends. */
enum host_kind next_host(const struct route *, enum host_kind);
const char *host_word(enum host_kind);
const char *credential_word(enum credential);

/*
 * Each route on each of its hosts by each credential that fits. What act and the functions around a route's part make lives in an arena of that
 * route: thousands of pages would not fit into one. before and after may be NULL.
 */
void each_request(void (*before)(const struct route *),
		  void (*act)(const struct route *, enum host_kind, enum credential),
		  void (*after)(const struct route *));

/* fixture_special.c: what the table of exceptions has for this request. fresh: what it uses up is made for it. */
void make_special(struct shot *, bool fresh);
/* Whether the request proves who asks by what it carries itself: a link, or an address and a password. */
bool carries_proof(const struct route *);
struct str shot_address(const struct shot *);
struct str shot_link(const struct shot *, int purpose);

#endif
