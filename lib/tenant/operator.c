#include "lib/base/utf8.h"
#include "lib/tenant/operator.h"
#include "lib/tenant/principal.h"
#include "lib/tenant/tenant_internal.h"

STATEMENT(insert_operator_key,
	  "INSERT INTO operator_keys (id, key_hash, key_prefix, name, created_at) VALUES ($1, $2, $3, $4, $5)");
STATEMENT(verify_operator_key, "UPDATE operator_keys SET last_used_at = $2 WHERE key_hash = $1 AND revoked_at IS NULL"
			       " RETURNING id, name, key_prefix, created_at, last_used_at, revoked_at");
STATEMENT(list_operator_keys, "SELECT id, name, key_prefix, created_at, last_used_at, revoked_at FROM operator_keys "
			      "ORDER BY created_at, id LIMIT 1000");
STATEMENT(revoke_operator_key, "UPDATE operator_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1");

#define PREFIX_LENGTH 7 /* "op_Ab3d": enough to tell keys apart */

static struct operator_key from_row(struct rows *row)
{
	return (struct operator_key){
		.id = rows_uuid(row, 0),
		.name = rows_str(row, 1),
		.prefix = rows_str(row, 2),
		.created_at = rows_instant(row, 3),
		.last_used_at = rows_instant(row, 4),
		.revoked_at = rows_instant(row, 5),
	};
}

/* One line of text. */
static bool name_fits(struct str name)
{
	if (name.n == 0 || !utf8_valid(name) || utf8_has_control(name) || utf8_length(name) > 100)
		return false;
	return !memchr(name.p, '\n', name.n) && !memchr(name.p, '\r', name.n) && !memchr(name.p, '\t', name.n);
}

enum err operator_key_create(struct stx *tx, struct str name, struct operator_key **out, struct str *secret)
{
	struct arena *arena = stx_arena(tx);
	struct operator_key *key = ARENA_NEW(arena, struct operator_key);
	struct token token;
	enum err err;

	name = str_trim(name);
	if (!name_fits(name))
		return E_INVALID;
	token_make(arena, TOKEN_OPERATOR, STR_NONE, &token);
	*key = (struct operator_key){
		.id = uuid_new(),
		.name = name,
		.prefix = {token.text.p, PREFIX_LENGTH},
		.created_at = clock_now(),
	};
	err = stx_exec(tx, &insert_operator_key,
		       ARGS(arg_uuid(arena, key->id), arg_hash(token.hash), arg_str(key->prefix), arg_str(name),
			    arg_instant(arena, key->created_at)),
		       NULL);
	*out = key;
	*secret = token.text;
	return err;
}

enum err operator_verify(struct stx *tx, struct str text, struct operator_key **out)
{
	struct arena *arena = stx_arena(tx);
	struct token token;
	struct rows *row;
	enum err err;

	if (!token_parse(text, &token) || token.kind != TOKEN_OPERATOR)
		return E_UNAUTH;
	err = stx_one(tx, &verify_operator_key, ARGS(arg_hash(token.hash), arg_instant(arena, clock_now())), &row);
	if (err)
		return err == E_NOTFOUND ? E_UNAUTH : err;
	*out = ARENA_NEW(arena, struct operator_key);
	**out = from_row(row);
	return OK;
}

enum err operator_key_list(struct stx *tx, struct operator_key **out, size_t *count)
{
	struct rows *rows;
	size_t i = 0;
	enum err err = stx_rows(tx, &list_operator_keys, NO_ARGS, &rows);

	if (err)
		return err;
	*count = rows_count(rows);
	*out = arena_array(stx_arena(tx), *count + 1, sizeof(**out));
	while (rows_next(rows))
		(*out)[i++] = from_row(rows);
	return OK;
}

enum err operator_key_revoke(struct stx *tx, struct uuid key)
{
	struct arena *arena = stx_arena(tx);
	int64_t affected;
	enum err err = stx_exec(tx, &revoke_operator_key, ARGS(arg_uuid(arena, key), arg_instant(arena, clock_now())),
				&affected);

	return err ? err : affected ? OK : E_NOTFOUND;
}
