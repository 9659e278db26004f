#include "lib/tenant/link.h"
#include "lib/tenant/tenant_internal.h"

static const struct {
	const char *name;
	int64_t lifetime;
} purposes[] = {
	[LINK_HANDOVER] = {"handover", 60 * MICROSECONDS_PER_SECOND},
	[LINK_SET_PASSWORD] = {"set_password", 7 * MICROSECONDS_PER_DAY},
};

STATEMENT(insert_link, "INSERT INTO tenant_tokens (tenant_id, id, user_id, purpose, token_hash, created_at, expires_at)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)");
STATEMENT(void_links, "UPDATE tenant_tokens SET used_at = $4"
		      " WHERE tenant_id = $1 AND user_id = $2 AND purpose = $3 AND used_at IS NULL");
STATEMENT(peek_link,
	  "SELECT u.id, coalesce(u.name, ''), u.email"
	  " FROM tenant_tokens t JOIN tenant_users u ON u.tenant_id = $1 AND u.id = t.user_id"
	  " WHERE t.tenant_id = $1 AND t.token_hash = $2 AND t.purpose = $3 AND t.used_at IS NULL AND t.expires_at > $4"
	  " AND u.is_active");
/* The row's lock lets one through; the others then see used_at. */
STATEMENT(take_link,
	  "UPDATE tenant_tokens t SET used_at = $4 FROM tenant_users u"
	  " WHERE t.tenant_id = $1 AND t.token_hash = $2 AND t.purpose = $3 AND t.used_at IS NULL AND t.expires_at > $4"
	  " AND u.tenant_id = $1 AND u.id = t.user_id AND u.is_active"
	  " RETURNING u.id, coalesce(u.name, ''), u.email");

struct new_link {
	struct token token;
	int64_t now, expires_at;
};

static struct new_link make(struct arena *arena, struct str code, enum link_purpose purpose, struct link *out)
{
	struct new_link made = {.now = clock_now()};

	token_make(arena, TOKEN_LINK, code, &made.token);
	made.expires_at = made.now + purposes[purpose].lifetime;
	*out = (struct link){made.token.text, made.expires_at};
	return made;
}

enum err link_void(struct ttx *tx, enum link_purpose purpose, struct uuid user)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &void_links,
			ARGS(arg_uuid(arena, user), arg_text(purposes[purpose].name), arg_instant(arena, clock_now())),
			NULL);
}

enum err link_make(struct ttx *tx, const struct tenant *tenant, enum link_purpose purpose, struct uuid user,
		   struct link *out)
{
	struct arena *arena = ttx_arena(tx);
	struct new_link made = make(arena, tenant->code, purpose, out);
	enum err err = purpose == LINK_SET_PASSWORD ? link_void(tx, purpose, user) : OK;

	if (err)
		return err;
	return ttx_exec(tx, &insert_link,
			ARGS(arg_uuid(arena, uuid_new()), arg_uuid(arena, user), arg_text(purposes[purpose].name),
			     arg_hash(made.token.hash), arg_instant(arena, made.now),
			     arg_instant(arena, made.expires_at)),
			NULL);
}

enum err link_make_by_system(struct stx *tx, struct uuid tenant, struct str tenant_code, enum link_purpose purpose,
			     struct uuid user, struct link *out)
{
	struct arena *arena = stx_arena(tx);
	struct new_link made = make(arena, tenant_code, purpose, out);

	return stx_exec(tx, &insert_link,
			ARGS(arg_uuid(arena, tenant), arg_uuid(arena, uuid_new()), arg_uuid(arena, user),
			     arg_text(purposes[purpose].name), arg_hash(made.token.hash), arg_instant(arena, made.now),
			     arg_instant(arena, made.expires_at)),
			NULL);
}

static enum err find(struct ttx *tx, const struct tenant *tenant, const struct statement *statement,
		     enum link_purpose purpose, struct str text, struct link_user *out)
{
	struct arena *arena = ttx_arena(tx);
	struct token token;
	struct rows *row;
	enum err err;

	if (!token_parse(text, &token) || token.kind != TOKEN_LINK || !str_equal(token.code, tenant->code))
		return E_NOTFOUND;
	err = ttx_one(tx, statement,
		      ARGS(arg_hash(token.hash), arg_text(purposes[purpose].name), arg_instant(arena, clock_now())),
		      &row);
	if (err)
		return err;
	*out = (struct link_user){rows_uuid(row, 0), rows_str(row, 1), rows_str(row, 2)};
	return OK;
}

enum err link_peek(struct ttx *tx, const struct tenant *tenant, enum link_purpose purpose, struct str text,
		   struct link_user *out)
{
	return find(tx, tenant, &peek_link, purpose, text, out);
}

enum err link_take(struct ttx *tx, const struct tenant *tenant, enum link_purpose purpose, struct str text,
		   struct link_user *out)
{
	return find(tx, tenant, &take_link, purpose, text, out);
}
