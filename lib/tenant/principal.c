#include "lib/base/log.h"
#include "lib/tenant/principal.h"
#include "lib/tenant/session.h"
#include "lib/tenant/tenant_internal.h"

/* ---- roles ---- */

#define BIT(permission) (1u << (permission))
#define VIEWER_CAN (BIT(CAN_NOTHING) | BIT(CAN_READ))
#define MEMBER_CAN (VIEWER_CAN | BIT(CAN_WRITE) | BIT(CAN_DELETE) | BIT(CAN_EXPORT))
#define ADMIN_CAN (MEMBER_CAN | BIT(CAN_SETTINGS) | BIT(CAN_USERS) | BIT(CAN_KEYS))
#define OWNER_CAN (ADMIN_CAN | BIT(CAN_ARCHIVE))

/* The matrix. An owner also differs from an admin in what user.c allows: only owners make and change owners. */
static const struct {
	const char *name, *label;
	unsigned can;
} roles[] = {
	[ROLE_VIEWER] = {"viewer", "Viewer", VIEWER_CAN},
	[ROLE_MEMBER] = {"member", "Member", MEMBER_CAN},
	[ROLE_ADMIN] = {"admin", "Admin", ADMIN_CAN},
	[ROLE_OWNER] = {"owner", "Owner", OWNER_CAN},
};

bool role_find(struct str name, enum role *out)
{
	for (size_t i = ROLE_VIEWER; i < COUNT_OF(roles); i++)
		if (str_is(name, roles[i].name)) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

const char *role_name(enum role role)
{
	return roles[role].name;
}

const char *role_label(enum role role)
{
	return roles[role].label;
}

bool principal_can(const struct principal *principal, enum permission permission)
{
	if ((permission == CAN_KEYS || permission == CAN_ARCHIVE) && principal->kind != CREDENTIAL_SESSION)
		return false;
	return (roles[principal->role].can & BIT(permission)) != 0;
}

/* ---- look-up: one statement for each kind; both give the same columns ---- */

STATEMENT(find_session, "SELECT s.id, s.user_id, u.role, coalesce(u.name, ''), u.email, s.last_used_at, u.time_zone"
			" FROM tenant_sessions s JOIN tenant_users u ON u.tenant_id = $1 AND u.id = s.user_id"
			" WHERE s.tenant_id = $1 AND s.token_hash = $2 AND s.expires_at > $3 AND u.is_active");
STATEMENT(find_api_key,
	  "SELECT id, NULL::uuid, role, name, '', last_used_at, NULL::text FROM tenant_api_keys"
	  " WHERE tenant_id = $1 AND key_hash = $2 AND is_active AND (expires_at IS NULL OR expires_at > $3)");
STATEMENT(touch_session, "UPDATE tenant_sessions SET last_used_at = $3,"
			 " expires_at = least(created_at + $5::bigint * interval '1 day', $4::timestamptz)"
			 " WHERE tenant_id = $1 AND id = $2 AND expires_at > $3");
STATEMENT(touch_api_key, "UPDATE tenant_api_keys SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2");

/* The look-up is by a keyed hash of 190 secret bits: what its timing could tell is of no use without the pepper. */
enum err principal_find(struct ttx *tx, const struct token *token, struct principal **out)
{
	struct arena *arena = ttx_arena(tx);
	int64_t now = clock_now();
	bool session = token->kind == TOKEN_SESSION;
	struct principal *principal;
	struct rows *row;
	enum err err;

	if (!session && token->kind != TOKEN_API_KEY)
		return E_UNAUTH;
	err = ttx_one(tx, session ? &find_session : &find_api_key, ARGS(arg_hash(token->hash), arg_instant(arena, now)),
		      &row);
	if (err)
		return err == E_NOTFOUND ? E_UNAUTH : err;
	principal = ARENA_NEW(arena, struct principal);
	principal->kind = session ? CREDENTIAL_SESSION : CREDENTIAL_API_KEY;
	principal->credential_id = rows_uuid(row, 0);
	principal->user_id = rows_uuid(row, 1);
	if (!role_find(rows_str(row, 2), &principal->role))
		return E_INTERNAL;
	principal->name = rows_str(row, 3);
	principal->email = rows_str(row, 4);
	principal->time_zone = rows_str(row, 6);
	principal->touch_due = rows_instant(row, 5) < now - 60 * MICROSECONDS_PER_SECOND;
	*out = principal;
	return OK;
}

static enum err touch(struct ttx *tx, const struct principal *principal)
{
	struct arena *arena = ttx_arena(tx);
	int64_t now = clock_now();
	struct argument id = arg_uuid(arena, principal->credential_id);
	enum err err;

	if (principal->kind == CREDENTIAL_SESSION)
		err = ttx_exec(tx, &touch_session,
			       ARGS(id, arg_instant(arena, now),
				    arg_instant(arena, now + SESSION_IDLE_DAYS * MICROSECONDS_PER_DAY),
				    arg_int(arena, SESSION_MOST_DAYS)),
			       NULL);
	else
		err = ttx_exec(tx, &touch_api_key, ARGS(id, arg_instant(arena, now)), NULL);
	return err ? err : ttx_commit(tx);
}

void principal_touch(struct pg *pg, struct arena *arena, const struct tenant *tenant, const struct principal *principal)
{
	struct ttx *tx = ttx_begin(pg, arena, tenant->scope, TX_WRITE);
	enum err err = touch(tx, principal);

	if (err) {
		ttx_rollback(tx);
		log_event(LOG_WARNING, "touch_failed", "the last use of a credential was not recorded (error %d)",
			  (int)err);
	}
}
