/*
 * Who acts: a person with a session, or a program with an API key; both inside one tenant. Operators are elsewhere (operator.h).
 */
#ifndef DEMAND_PRINCIPAL_H
#define DEMAND_PRINCIPAL_H

#include "lib/tenant/tenant.h"

enum role { ROLE_VIEWER = 1, ROLE_MEMBER, ROLE_ADMIN, ROLE_OWNER };
bool role_find(struct str name, enum role *out) MUST_CHECK;
const char *role_name(enum role);
const char *role_label(enum role);

/* What a route asks for. The matrix role x permission is one table in principal.c. */
enum permission {
	CAN_NOTHING = 1, /* any signed-in principal */
	CAN_READ,
	CAN_WRITE,
	CAN_DELETE,
	CAN_EXPORT,   /* take a list out as a file, also when the trial is over */
	CAN_SETTINGS, /* company, logo */
	CAN_USERS,
	CAN_KEYS,   /* API keys; needs a session, never another key */
	CAN_ARCHIVE /* take the whole company along: owners, and never a key */
};

enum credential_kind { CREDENTIAL_SESSION = 1, CREDENTIAL_API_KEY };

struct principal {
	enum credential_kind kind;
	struct uuid credential_id; /* session or key */
	struct uuid user_id;       /* zero for an API key */
	enum role role;
	struct str name, email; /* of the user, or the key's name and "" */
	struct str time_zone;   /* the user's own; absent: the company's */
	bool touch_due;         /* last_used_at is older than a minute: principal_touch after the answer was sent */
};

bool principal_can(const struct principal *, enum permission);

/*
 * Credentials look like <kind>_<tenant code>_<secret><checksum>: "tk" API key, "ts" session, "tl" single-use link. The checksum is CRC-32 of
 * what stands before it, as six base62 digits; a bad one costs no SQL. Only BLAKE2b keyed with the pepper is stored.
 */
enum token_kind { TOKEN_API_KEY = 1, TOKEN_SESSION, TOKEN_LINK, TOKEN_OPERATOR, TOKEN_SIGNUP };
struct token {
	enum token_kind kind;
	struct str text; /* the whole credential */
	struct str code; /* tenant code; absent for operator and sign-up tokens */
	uint8_t hash[32];
};
/* Once in each process, before anything below. */
void token_pepper(const uint8_t pepper[32]);
/* A key for another purpose, derived from the pepper ("csrf", "cursor"). */
void token_derive_key(const char *purpose, uint8_t out[32]);
void token_make(struct arena *, enum token_kind, struct str tenant_code, struct token *out);
bool token_parse(struct str text,
		 struct token *out) MUST_CHECK; /* false: not one, or its checksum is wrong; text is borrowed */

/* E_UNAUTH when unknown, expired, revoked or its user is inactive. The transaction's tenant must be the token's tenant: the caller has compared codes. */
enum err principal_find(struct ttx *, const struct token *, struct principal **out) MUST_CHECK;
/* Records the use; own small write transaction. Errors are logged, not returned: the answer is out. */
void principal_touch(struct pg *, struct arena *, const struct tenant *, const struct principal *);

#endif
