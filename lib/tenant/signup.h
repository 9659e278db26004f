/*
 * The sign-up: five steps kept on the server. The browser holds a token; what was typed stays in signup_drafts for 7 days, so that reload, back and
 * a second tab lose nothing. The last step is one transaction, and the name is claimed by its unique insert.
 */
#ifndef DEMAND_SIGNUP_H
#define DEMAND_SIGNUP_H

#include "lib/entity/entity.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/slug.h"

#define SIGNUP_DAYS 7

/* Inputs of the steps. */
extern const struct entity signup_company_entity;   /* name, industry, website */
extern const struct entity signup_owner_entity;     /* name, email, phone, password */
extern const struct entity signup_subdomain_entity; /* subdomain */
extern const struct entity signup_plan_entity;      /* plan */

enum signup_step { SIGNUP_COMPANY = 1, SIGNUP_OWNER, SIGNUP_SUBDOMAIN, SIGNUP_PLAN, SIGNUP_DONE };

struct signup {
	struct uuid id;
	struct str company_name, industry, website; /* absent until the step was saved */
	struct str owner_name, owner_email, owner_phone;
	bool has_password, has_logo;
	struct str slug;
	const struct plan *plan;        /* NULL */
	struct uuid tenant_id, user_id; /* zero until complete */
	bool has_key;                   /* the sealed API key is still there */
	struct str sealed_key;          /* bytes; read it with signup_api_key */
	int64_t expires_at;
};
/* The first step that is not filled in; SIGNUP_PLAN also when all are, SIGNUP_DONE after signup_complete. */
enum signup_step signup_next_step(const struct signup *);
/* The stored answers of a step as a record of its entity, for the form; the password is never there. */
struct record *signup_record(struct arena *, const struct signup *, enum signup_step);

/* TX_WRITE; also removes a few expired drafts. *token is the cookie's value. */
enum err signup_start(struct stx *, struct signup **out, struct str *token) MUST_CHECK;
/* E_NOTFOUND: no token, unknown, expired. */
enum err signup_find(struct stx *, struct str token, struct signup **out) MUST_CHECK;

/*
 * Each saves one step and brings *signup up to date; `input` comes from a parser with the step's entity. E_CONFLICT once the sign-up is complete.
 * logo_png: from logo_accept; absent keeps what is there.
 */
enum err signup_save_company(struct stx *, struct signup *, const struct record *input, struct str logo_png,
			     struct errors *) MUST_CHECK;
enum err signup_remove_logo(struct stx *, struct signup *) MUST_CHECK;
enum err signup_load_logo(struct stx *, const struct signup *, struct str *png) MUST_CHECK; /* E_NOTFOUND */
/* Hashes the password (password pool). A password that was saved before may be left out: parse with WRITE_UPDATE then. */
enum err signup_save_owner(struct stx *, struct signup *, const struct record *input, struct errors *) MUST_CHECK;
/* E_CONFLICT with an error at subdomain when it is taken now; *answer (may be NULL) carries the alternatives. */
enum err signup_save_slug(struct stx *, struct signup *, const struct record *input, struct errors *,
			  struct slug_answer *answer) MUST_CHECK;
enum err signup_save_plan(struct stx *, struct signup *, const struct record *input, struct errors *) MUST_CHECK;

/*
 * Makes the workspace: tenant, owner, first API key ("First key"), logo. Doing it twice gives the same answer. E_INVALID: a step is missing
 * (an error whose field is the step's: "name", "email", "subdomain", "plan"). E_CONFLICT: the name went to somebody else meanwhile; *answer carries
 * alternatives (NULL: not wanted), and nothing was written: lead the person back to the address step.
 */
enum err signup_complete(struct stx *, struct signup *, struct errors *, struct slug_answer *answer) MUST_CHECK;
/* The first API key while the done page may show it; absent afterwards. */
struct str signup_api_key(struct arena *, const struct signup *);
/*
 * The owner moves on: wipes the sealed key and gives the hand-over code for the tenant's host (60 s, single use). May be repeated for ten minutes, so
 * that a double click still arrives; then E_NOTFOUND. E_CONFLICT before signup_complete.
 */
enum err signup_finish(struct stx *, struct signup *, struct link *code) MUST_CHECK;

#endif
