/*
 * Users of a tenant. They are written through the functions below only, since who may do what to whom depends on the actor;
 * entity_insert and entity_update on user_entity refuse. entity_get, entity_list and the parsers and views of lib/entity are used as for any entity.
 *
 * Rules: nobody gives or touches a role above their own; only an owner makes or changes an owner; the last active owner
 * can be neither demoted nor deactivated; an active user takes a place of the plan, a deactivated one frees it and keeps their rows.
 */
#ifndef DEMAND_USER_H
#define DEMAND_USER_H

#include "lib/entity/entity.h"
#include "lib/tenant/principal.h"

/* email, name, phone, role, password (write only, create only), is_active, last_login_at (read only). */
extern const struct entity user_entity;
/* What a person sees and changes of their own row, and no other is to be had by it: entity_get and entity_update. */
extern const struct entity account_entity;
/* Input: current_password, password. */
extern const struct entity password_change_entity;

/* Lower case; what is looked up and unique. */
struct str email_normal(struct arena *, struct str email);

/*
 * `input` comes from a parser (WRITE_CREATE) and becomes the row; the errors name fields. Without a password the user gets one through link_make.
 * E_INVALID, E_FORBIDDEN (an error at role), E_CONFLICT (an error at email: taken), E_LIMIT.
 */
enum err user_create(struct ttx *, const struct tenant *, const struct principal *actor, struct record *input,
		     struct errors *) MUST_CHECK;
/*
 * `current` from entity_get, `change` from a parser (WRITE_UPDATE). A change of role or deactivation ends the user's sessions.
 * As user_create, and E_INVALID (code "last_owner"), E_PRECONDITION.
 */
enum err user_update(struct ttx *, const struct principal *actor, const struct record *current, struct record *change,
		     struct errors *, struct record **out) MUST_CHECK;
enum err user_deactivate(struct ttx *, const struct principal *actor, const struct record *current, struct errors *,
			 struct record **out) MUST_CHECK;
/* For who holds a set-password link: checks strength (errors at `field`), stores, ends every session and voids other links. */
enum err user_set_password(struct ttx *, const struct tenant *, struct uuid user, struct str password,
			   const char *field, struct errors *) MUST_CHECK;
/*
 * For the person themselves; `input` is of password_change_entity. As above, but the session that asks stays. E_INVALID also when
 * the password that holds now is another one: an error at current_password.
 */
enum err user_change_password(struct ttx *, const struct tenant *, const struct principal *actor,
			      const struct record *input, struct errors *) MUST_CHECK;

#endif
