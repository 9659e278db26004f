#include "lib/tenant/link.h"
#include "lib/tenant/password.h"
#include "lib/tenant/session.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/tenant/usage.h"
#include "lib/tenant/user.h"

/* Every change that could take the last owner away queues here; the order of locks is the same for all. */
STATEMENT(lock_owners,
	  "SELECT id FROM tenant_users WHERE tenant_id = $1 AND role = 'owner' AND is_active ORDER BY id FOR UPDATE");
STATEMENT(store_password, "UPDATE tenant_users SET password_hash = $3, version = version + 1, updated_at = $4"
			  " WHERE tenant_id = $1 AND id = $2 AND is_active");
STATEMENT(read_person, "SELECT email, coalesce(name, ''), password_hash FROM tenant_users"
		       " WHERE tenant_id = $1 AND id = $2 AND is_active");

struct str email_normal(struct arena *arena, struct str email)
{
	return text_lower(arena, str_trim(email));
}

static enum role role_of(const struct record *record)
{
	enum role role = ROLE_VIEWER;

	if (!role_find(record_text(record, "role"), &role))
		return ROLE_OWNER; /* unknown: may be touched by an owner only */
	return role;
}

static bool active(const struct record *record)
{
	return str_is(record_text(record, "is_active"), "t");
}

static bool given(const struct record *record, const char *name)
{
	return record_given(record, entity_field(&user_entity, str_from(name)));
}

/* ---- create ---- */

static enum err may_give(const struct principal *actor, enum role role, struct errors *errors)
{
	if (principal_can(actor, CAN_USERS) && role <= actor->role)
		return OK;
	errors_add(errors, "role", "above_own_role", "You cannot give a role above your own.");
	return E_FORBIDDEN;
}

static enum err hash_password(struct arena *arena, const struct tenant *tenant, struct record *input,
			      struct errors *errors)
{
	struct str password = record_text(input, "password"), hash;
	struct password_context context = {record_text(input, "email"), record_text(input, "name"),
					   tenant->company_name};
	enum err err;

	if (str_absent(password))
		return OK;
	if (!password_acceptable(password, &context, "password", errors))
		return E_INVALID;
	err = password_hash(arena, password, &hash);
	if (!err)
		record_set_text(input, "password_hash", hash);
	return err;
}

enum err user_create(struct ttx *tx, const struct tenant *tenant, const struct principal *actor, struct record *input,
		     struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	enum err err = may_give(actor, role_of(input), errors);

	if (!err)
		err = hash_password(arena, tenant, input, errors);
	if (!err && active(input)) /* the tenant's row is locked from here on: after the hash */
		err = usage_claim(tx, LIMIT_USERS, errors);
	if (err)
		return err;
	record_set_text(input, "email_norm", email_normal(arena, record_text(input, "email")));
	err = entity_insert(tx, input, errors);
	if (err == E_CONFLICT && !errors_for(errors, "email"))
		errors_add(errors, "email", "taken", "There is a user with this e-mail address already.");
	return err;
}

/* ---- update ---- */

struct user_change {
	bool role_changes, leaves, returns, loses_owner;
	enum role old_role, new_role;
};

static struct user_change change_of(const struct record *current, const struct record *change)
{
	struct user_change c = {.old_role = role_of(current)};
	bool was = active(current);
	bool is = given(change, "is_active") ? active(change) : was;

	c.new_role = given(change, "role") ? role_of(change) : c.old_role;
	c.role_changes = c.new_role != c.old_role;
	c.leaves = was && !is;
	c.returns = !was && is;
	c.loses_owner = c.old_role == ROLE_OWNER && was && (c.new_role != ROLE_OWNER || !is);
	return c;
}

/* Nobody touches a role above their own, and nobody gives one. */
static enum err may_change(const struct principal *actor, const struct user_change *change, struct errors *errors)
{
	if (!principal_can(actor, CAN_USERS))
		return E_FORBIDDEN;
	if (change->old_role > actor->role) {
		errors_add(errors, "role", "above_own_role", "Only an owner can change an owner.");
		return E_FORBIDDEN;
	}
	return may_give(actor, change->new_role, errors);
}

static enum err keep_an_owner(struct ttx *tx, const struct user_change *change, struct errors *errors)
{
	struct rows *owners;
	enum err err = ttx_rows(tx, &lock_owners, NO_ARGS, &owners);

	/* The row itself is among the locked ones, or it has moved on and the version will tell. */
	if (err || rows_count(owners) > 1)
		return err;
	if (change->leaves)
		errors_add(errors, "is_active", "last_owner",
			   "This is the last active owner. Make somebody else an owner first.");
	else
		errors_add(errors, "role", "last_owner", "This is the last owner. Make somebody else an owner first.");
	return E_INVALID;
}

enum err user_update(struct ttx *tx, const struct principal *actor, const struct record *current, struct record *change,
		     struct errors *errors, struct record **out)
{
	struct user_change c = change_of(current, change);
	enum err err = may_change(actor, &c, errors);

	if (!err && c.loses_owner)
		err = keep_an_owner(tx, &c, errors);
	if (!err && c.returns)
		err = usage_claim(tx, LIMIT_USERS, errors);
	if (err)
		return err;
	record_set_text(change, "email_norm", record_text(current, "email_norm"));
	err = entity_update(tx, current, change, errors, out);
	if (!err && c.leaves)
		err = usage_release(tx, LIMIT_USERS, 1);
	if (!err && (c.leaves || c.role_changes))
		err = session_end_others_of_user(tx, record_id(current), uuid_zero());
	return err;
}

enum err user_deactivate(struct ttx *tx, const struct principal *actor, const struct record *current,
			 struct errors *errors, struct record **out)
{
	struct record *change = record_new(ttx_arena(tx), &user_entity);

	record_set_text(change, "is_active", STR("f"));
	return user_update(tx, actor, current, change, errors, out);
}

/* ---- passwords ---- */

struct person {
	struct uuid id;
	struct password_context context;
	struct str hash; /* absent: no password yet */
};

static enum err find_person(struct ttx *tx, const struct tenant *tenant, struct uuid user, struct person *out)
{
	struct rows *row;
	enum err err = ttx_one(tx, &read_person, ARGS(arg_uuid(ttx_arena(tx), user)), &row);

	if (err)
		return err;
	*out = (struct person){user, {rows_str(row, 0), rows_str(row, 1), tenant->company_name}, rows_str(row, 2)};
	return OK;
}

/* Whoever else was in by the old one, or holds a link to set one, is out. */
static enum err replace_password(struct ttx *tx, struct uuid user, struct str password, struct uuid kept_session)
{
	struct arena *arena = ttx_arena(tx);
	struct argument id = arg_uuid(arena, user), now = arg_instant(arena, clock_now());
	struct str hash;
	int64_t affected;
	enum err err = password_hash(arena, password, &hash);

	if (!err)
		err = ttx_exec(tx, &store_password, ARGS(id, arg_str(hash), now), &affected);
	if (!err && affected == 0)
		err = E_NOTFOUND;
	if (!err)
		err = link_void(tx, LINK_SET_PASSWORD, user);
	if (!err)
		err = session_end_others_of_user(tx, user, kept_session);
	return err;
}

enum err user_set_password(struct ttx *tx, const struct tenant *tenant, struct uuid user, struct str password,
			   const char *field, struct errors *errors)
{
	struct person person;
	enum err err = find_person(tx, tenant, user, &person);

	if (err)
		return err;
	if (!password_acceptable(password, &person.context, field, errors))
		return E_INVALID;
	return replace_password(tx, user, password, uuid_zero());
}

enum err user_change_password(struct ttx *tx, const struct tenant *tenant, const struct principal *actor,
			      const struct record *input, struct errors *errors)
{
	struct str password = record_text(input, "password");
	struct person person;
	enum err err = find_person(tx, tenant, actor->user_id, &person);
	bool acceptable;

	if (err)
		return err;
	acceptable = password_acceptable(password, &person.context, "password", errors);
	err = password_verify(person.hash, record_text(input, "current_password"));
	if (err == E_UNAUTH)
		errors_add(errors, "current_password", "wrong_password", "This is not your password.");
	if (err == E_UNAUTH || (!err && !acceptable))
		return E_INVALID;
	return err ? err : replace_password(tx, person.id, password, actor->credential_id);
}
