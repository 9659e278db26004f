#include "lib/base/utf8.h"
#include "lib/tenant/password.h"
#include "lib/tenant/session.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/tenant/user.h"

static const struct field login_fields[] = {
	{
		.name = "email",
		.label = "E-mail",
		.type = FIELD_TEXT, /* not FIELD_EMAIL: a malformed address fails like an unknown one */
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 254,
		.autocomplete = "username",
	},
	{
		.name = "password",
		.label = "Password",
		.type = FIELD_PASSWORD,
		.flags = FIELD_REQUIRED | FIELD_WRITE_ONLY,
		.minimum = 1,
		.maximum = PASSWORD_MOST_CODE_POINTS,
		.autocomplete = "current-password",
	},
};
const struct entity login_entity = {
	.name = "login",
	.plural = "logins",
	.label = "Log-in",
	.label_plural = "Log-ins",
	.fields = login_fields,
	.field_count = COUNT_OF(login_fields),
};

static const struct field password_fields[] = {
	PASSWORD_FIELD("New password"),
};
const struct entity password_entity = {
	.name = "password",
	.plural = "passwords",
	.label = "Password",
	.label_plural = "Passwords",
	.fields = password_fields,
	.field_count = COUNT_OF(password_fields),
};

STATEMENT(find_login, "SELECT id, password_hash, is_active FROM tenant_users WHERE tenant_id = $1 AND email_norm = $2");
STATEMENT(find_user,
	  "SELECT role, coalesce(name, ''), email FROM tenant_users WHERE tenant_id = $1 AND id = $2 AND is_active");
STATEMENT(insert_session, "INSERT INTO tenant_sessions (tenant_id, id, user_id, token_hash, created_at, last_used_at, "
			  "expires_at, user_agent, address)"
			  " VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)");
STATEMENT(delete_expired, "DELETE FROM tenant_sessions WHERE tenant_id = $1 AND user_id = $2 AND expires_at <= $3");
STATEMENT(record_login, "UPDATE tenant_users SET last_login_at = $3 WHERE tenant_id = $1 AND id = $2");
STATEMENT(store_rehash,
	  "UPDATE tenant_users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2 AND password_hash = $4");
STATEMENT(delete_session, "DELETE FROM tenant_sessions WHERE tenant_id = $1 AND id = $2");
STATEMENT(delete_sessions_of_user, "DELETE FROM tenant_sessions WHERE tenant_id = $1 AND user_id = $2 AND id <> $3");

/* Header values of strangers: what is not text is left out. */
static struct argument origin_text(struct str text, size_t most)
{
	return str_absent(text) || !utf8_valid(text) ? arg_null() : arg_str(utf8_prefix(text, most));
}

enum err session_start(struct ttx *tx, const struct tenant *tenant, struct uuid user,
		       const struct session_origin *origin, struct session *out)
{
	struct arena *arena = ttx_arena(tx);
	struct principal *principal = ARENA_NEW(arena, struct principal);
	struct argument now_argument, user_argument = arg_uuid(arena, user);
	int64_t now = clock_now();
	struct token token;
	struct rows *row;
	enum err err;

	err = ttx_one(tx, &find_user, ARGS(user_argument), &row);
	if (err)
		return err == E_NOTFOUND ? E_UNAUTH : err;
	token_make(arena, TOKEN_SESSION, tenant->code, &token);
	*out = (struct session){
		.token = token.text,
		.id = uuid_new(),
		.expires_at = now + SESSION_IDLE_DAYS * MICROSECONDS_PER_DAY,
		.principal = principal,
	};
	*principal = (struct principal){
		.kind = CREDENTIAL_SESSION,
		.credential_id = out->id,
		.user_id = user,
		.name = rows_str(row, 1),
		.email = rows_str(row, 2),
	};
	if (!role_find(rows_str(row, 0), &principal->role))
		return E_INTERNAL;
	now_argument = arg_instant(arena, now);
	err = ttx_exec(tx, &delete_expired, ARGS(user_argument, now_argument), NULL);
	if (!err)
		err = ttx_exec(tx, &record_login, ARGS(user_argument, now_argument), NULL);
	if (err)
		return err;
	return ttx_exec(tx, &insert_session,
			ARGS(arg_uuid(arena, out->id), user_argument, arg_hash(token.hash), now_argument,
			     arg_instant(arena, out->expires_at), origin_text(origin->user_agent, 400),
			     origin_text(origin->address, 64)),
			NULL);
}

static enum err rehash(struct ttx *tx, struct uuid user, struct str old, struct str password)
{
	struct arena *arena = ttx_arena(tx);
	struct str hash;
	enum err err = password_hash(arena, password, &hash);

	if (err)
		return err == E_BUSY ? OK : err; /* next time */
	return ttx_exec(tx, &store_rehash, ARGS(arg_uuid(arena, user), arg_str(hash), arg_str(old)), NULL);
}

enum err log_in(struct ttx *tx, const struct tenant *tenant, struct str email, struct str password,
		const struct session_origin *origin, struct session *out)
{
	struct arena *arena = ttx_arena(tx);
	struct str hash = STR_NONE;
	struct uuid user = uuid_zero();
	struct rows *rows;
	enum err err;

	err = ttx_rows(tx, &find_login, ARGS(arg_str(email_normal(arena, email))), &rows);
	if (err)
		return err;
	if (rows_next(rows) && rows_bool(rows, 2)) {
		user = rows_uuid(rows, 0);
		hash = rows_str(rows, 1);
	}
	err = password_verify(hash, password); /* an absent hash costs the same and fails */
	if (err)
		return err;
	if (password_needs_rehash(hash)) {
		err = rehash(tx, user, hash, password);
		if (err)
			return err;
	}
	return session_start(tx, tenant, user, origin, out);
}

enum err session_end(struct ttx *tx, struct uuid session)
{
	return ttx_exec(tx, &delete_session, ARGS(arg_uuid(ttx_arena(tx), session)), NULL);
}

enum err session_end_others_of_user(struct ttx *tx, struct uuid user, struct uuid keep)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &delete_sessions_of_user, ARGS(arg_uuid(arena, user), arg_uuid(arena, keep)), NULL);
}
