/*
 * API keys of a tenant. The secret is in the answer to create and never again. A key outlives the person who made it, as an
 * integration must: the list shows who that was. Keys are looked up in each request, so a revoked one fails at the next.
 */
#ifndef DEMAND_API_KEY_H
#define DEMAND_API_KEY_H

#include "lib/entity/entity.h"
#include "lib/tenant/principal.h"

#define API_KEY_MOST 50 /* that are not revoked, a tenant */

/* Input: name, role (admin, member, viewer); the rest of what api_key_to_value prints is read only. */
extern const struct entity api_key_entity;

struct api_key {
	struct uuid id;
	struct str name, prefix, last_four, role, creator; /* creator: name of the person, absent for the first key */
	int64_t created_at, last_used_at, expires_at, revoked_at; /* 0: never */
	struct str secret;                                        /* absent but in api_key_create */
};

/*
 * `input` comes from a parser with api_key_entity. The key's role is at most its maker's: E_FORBIDDEN. E_CONFLICT (code "too_many_keys") at
 * API_KEY_MOST. E_FORBIDDEN too when the actor is an API key.
 */
enum err api_key_create(struct ttx *, const struct tenant *, const struct principal *actor, const struct record *input,
			struct errors *, struct api_key **out) MUST_CHECK;
/* Newest first; revoked ones of the last 30 days included. */
enum err api_key_list(struct ttx *, struct api_key **out, size_t *count) MUST_CHECK;
/* E_NOTFOUND: no such key. OK also when it was revoked before. */
enum err api_key_revoke(struct ttx *, struct uuid key) MUST_CHECK;
/* id, name, role, prefix, last_four, created_by, created_at, last_used_at, revoked_at, is_active; "key" when the secret is there. */
void api_key_to_value(const struct api_key *, struct value *map);

#endif
