/* The last step: one transaction makes the workspace, and its first API key waits under a seal until the owner has seen it. */
#include <sodium.h>

#include "lib/pg/scope_internal.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/signup_internal.h"
#include "lib/tenant/tenant_internal.h"

#define DONE_PAGE_HOURS 24
#define AGAIN_MINUTES 10
#define MICROSECONDS_PER_MINUTE (60 * MICROSECONDS_PER_SECOND)

STATEMENT(read_secrets, "SELECT password_hash, logo FROM signup_drafts WHERE id = $1");
/* What the workspace holds now is not kept twice. */
STATEMENT(store_completion,
	  "UPDATE signup_drafts SET tenant_id = $2, user_id = $3, sealed_key = $4, password_hash = NULL, logo = NULL,"
	  " updated_at = $5, expires_at = $6 WHERE id = $1");
STATEMENT(insert_first_key, INSERT_API_KEY);
STATEMENT(wipe_key, "UPDATE signup_drafts SET sealed_key = NULL, updated_at = $2, expires_at = least(expires_at, "
		    "$3::timestamptz) WHERE id = $1");
STATEMENT(find_code, "SELECT code FROM tenant_directory WHERE tenant_id = $1 AND released_at IS NULL");

/* ---- the seal: nonce and box; the draft's id is bound in by the derived key ---- */

static void seal_key(struct uuid draft, uint8_t key[crypto_secretbox_KEYBYTES])
{
	uint8_t root[32];

	token_derive_key("sign-up seal", root);
	crypto_generichash(key, crypto_secretbox_KEYBYTES, draft.bytes, sizeof(draft.bytes), root, sizeof(root));
	sodium_memzero(root, sizeof(root));
}

static struct str seal(struct arena *arena, struct uuid draft, struct str secret)
{
	size_t length = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.n;
	unsigned char *out = arena_alloc(arena, length);
	uint8_t key[crypto_secretbox_KEYBYTES];

	seal_key(draft, key);
	random_bytes(out, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.p, secret.n, out, key);
	sodium_memzero(key, sizeof(key));
	return (struct str){(char *)out, length};
}

struct str signup_api_key(struct arena *arena, const struct signup *signup)
{
	const size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
	const unsigned char *box = (const unsigned char *)signup->sealed_key.p;
	uint8_t key[crypto_secretbox_KEYBYTES];
	unsigned char *out;
	int failed;

	if (!signup->has_key || signup->sealed_key.n <= overhead)
		return STR_NONE;
	out = arena_alloc(arena, signup->sealed_key.n - overhead + 1);
	seal_key(signup->id, key);
	failed = crypto_secretbox_open_easy(out, box + crypto_secretbox_NONCEBYTES,
					    signup->sealed_key.n - crypto_secretbox_NONCEBYTES, box, key);
	sodium_memzero(key, sizeof(key));
	return failed ? STR_NONE : (struct str){(char *)out, signup->sealed_key.n - overhead};
}

/* ---- complete ---- */

static enum err check_steps(const struct signup *signup, struct errors *errors)
{
	if (str_absent(signup->company_name))
		errors_add(errors, "name", "required", "Tell us your company's name first.");
	else if (str_absent(signup->owner_email) || !signup->has_password)
		errors_add(errors, "email", "required", "Tell us who you are first.");
	else if (str_absent(signup->slug))
		errors_add(errors, "subdomain", "required", "Choose your address first.");
	else if (!signup->plan)
		errors_add(errors, "plan", "required", "Choose a plan.");
	else
		return OK;
	return E_INVALID;
}

static enum err first_key(struct stx *tx, const struct tenant_made *made, struct str *secret)
{
	struct arena *arena = stx_arena(tx);
	struct api_key key = {.id = uuid_zero()};
	struct token token;

	api_key_make(arena, made->code, &key, &token);
	*secret = key.secret;
	return stx_exec(tx, &insert_first_key,
			ARGS(arg_uuid(arena, made->tenant_id), arg_uuid(arena, key.id), arg_hash(token.hash),
			     arg_str(key.prefix), arg_str(key.last_four), arg_text("First key"),
			     arg_text(role_name(ROLE_ADMIN)), arg_uuid(arena, made->user_id),
			     arg_instant(arena, key.created_at)),
			NULL);
}

static enum err provision(struct stx *tx, const struct signup *signup, struct errors *errors, struct tenant_made *made)
{
	struct tenant_wish wish = {
		.name = signup->company_name,
		.company_name = signup->company_name,
		.slug = signup->slug,
		.industry = signup->industry,
		.website_url = signup->website,
		.owner_name = signup->owner_name,
		.owner_email = signup->owner_email,
		.owner_phone = signup->owner_phone,
		.plan = signup->plan,
	};
	struct rows *row;
	enum err err = stx_one(tx, &read_secrets, ARGS(arg_uuid(stx_arena(tx), signup->id)), &row);

	if (err)
		return err;
	wish.password_hash = rows_str(row, 0);
	wish.logo_png = rows_null(row, 1) ? STR_NONE : rows_bytes(row, 1);
	return tenant_provision(tx, &wish, "subdomain", errors, made);
}

static enum err record_completion(struct stx *tx, struct signup *signup, const struct tenant_made *made,
				  struct str secret)
{
	struct arena *arena = stx_arena(tx);

	signup->tenant_id = made->tenant_id;
	signup->user_id = made->user_id;
	signup->sealed_key = seal(arena, signup->id, secret);
	signup->has_key = true;
	signup->expires_at = made->created_at + DONE_PAGE_HOURS * 60 * MICROSECONDS_PER_MINUTE;
	return stx_exec(tx, &store_completion,
			ARGS(arg_uuid(arena, signup->id), arg_uuid(arena, made->tenant_id),
			     arg_uuid(arena, made->user_id), arg_bytes(signup->sealed_key),
			     arg_instant(arena, made->created_at), arg_instant(arena, signup->expires_at)),
			NULL);
}

enum err signup_complete(struct stx *tx, struct signup *signup, struct errors *errors, struct slug_answer *answer)
{
	struct tenant_made made;
	struct str secret;
	enum err err = signup_lock(tx, signup);

	if (err || !uuid_is_zero(signup->tenant_id))
		return err; /* the second click gets the first one's answer */
	err = check_steps(signup, errors);
	if (!err)
		err = provision(tx, signup, errors, &made);
	if (err == E_CONFLICT && answer) {
		enum err suggested = slug_suggest(tx, signup->slug, answer);

		return suggested ? suggested : E_CONFLICT;
	}
	if (!err)
		err = first_key(tx, &made, &secret);
	return err ? err : record_completion(tx, signup, &made, secret);
}

/* ---- finish ---- */

enum err signup_finish(struct stx *tx, struct signup *signup, struct link *code)
{
	struct arena *arena = stx_arena(tx);
	struct scope *scope = ARENA_NEW(arena, struct scope);
	int64_t now = clock_now();
	struct rows *row;
	enum err err = signup_lock(tx, signup);

	if (!err && uuid_is_zero(signup->tenant_id))
		err = E_CONFLICT;
	if (!err)
		err = stx_one(tx, &find_code, ARGS(arg_uuid(arena, signup->tenant_id)), &row);
	if (!err)
		err = stx_exec(tx, &wipe_key,
			       ARGS(arg_uuid(arena, signup->id), arg_instant(arena, now),
				    arg_instant(arena, now + AGAIN_MINUTES * MICROSECONDS_PER_MINUTE)),
			       NULL);
	if (err)
		return err;
	signup->has_key = false;
	signup->sealed_key = STR_NONE;
	*scope = scope_of(signup->tenant_id);
	err = stx_enter_tenant(tx, scope);
	return err ? err
		   : link_make_by_system(tx, signup->tenant_id, rows_str(row, 0), LINK_HANDOVER, signup->user_id, code);
}
