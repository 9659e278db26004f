/* The draft: found by its token, filled step by step. signup_complete.c turns it into a workspace. */
#include "lib/tenant/password.h"
#include "lib/tenant/principal.h"
#include "lib/tenant/signup_internal.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/text/json.h"

STATEMENT(delete_expired_drafts,
	  "DELETE FROM signup_drafts WHERE id IN (SELECT id FROM signup_drafts WHERE expires_at <= $1 LIMIT 100)");
STATEMENT(insert_draft,
	  "INSERT INTO signup_drafts (id, token_hash, created_at, updated_at, expires_at) VALUES ($1, $2, $3, $3, $4)");
#define DRAFT_COLUMNS                                                                                                  \
	"id, company, owner, password_hash IS NOT NULL, logo IS NOT NULL, slug, plan_tier, tenant_id, user_id, "       \
	"sealed_key, expires_at"
STATEMENT(find_draft, "SELECT " DRAFT_COLUMNS " FROM signup_drafts WHERE token_hash = $1 AND expires_at > $2");
STATEMENT(lock_draft, "SELECT " DRAFT_COLUMNS " FROM signup_drafts WHERE id = $1 AND expires_at > $2 FOR UPDATE");
STATEMENT(store_company,
	  "UPDATE signup_drafts SET company = $2::jsonb, logo = coalesce($3, logo), updated_at = $4 WHERE id = $1");
STATEMENT(store_owner, "UPDATE signup_drafts SET owner = $2::jsonb, password_hash = coalesce($3, password_hash), "
		       "updated_at = $4 WHERE id = $1");
STATEMENT(store_slug, "UPDATE signup_drafts SET slug = $2, updated_at = $3 WHERE id = $1");
STATEMENT(store_plan, "UPDATE signup_drafts SET plan_tier = $2, updated_at = $3 WHERE id = $1");
STATEMENT(delete_logo, "UPDATE signup_drafts SET logo = NULL, updated_at = $2 WHERE id = $1");
STATEMENT(load_logo, "SELECT logo FROM signup_drafts WHERE id = $1 AND logo IS NOT NULL");

static const struct json_limits draft_limits = {16 * 1024, 2, 16};

/* Members of a stored JSON object; absent for null. */
static enum err read_members(struct arena *arena, struct str text, const char *const *names, struct str **targets,
			     size_t count)
{
	struct value *map;
	struct str why;

	if (str_absent(text))
		return OK;
	if (json_parse(arena, text, &draft_limits, &map, &why))
		return E_INTERNAL;
	for (size_t i = 0; i < count; i++)
		*targets[i] = value_as_str(value_get(map, str_from(names[i])));
	return OK;
}

static const char *const company_names[] = {"name", "industry", "website"};
static const char *const owner_names[] = {"name", "email", "phone"};

static enum err from_row(struct arena *arena, const struct rows *row, struct signup *signup)
{
	struct str *company[] = {&signup->company_name, &signup->industry, &signup->website};
	struct str *owner[] = {&signup->owner_name, &signup->owner_email, &signup->owner_phone};

	*signup = (struct signup){
		.id = rows_uuid(row, 0),
		.has_password = rows_bool(row, 3),
		.has_logo = rows_bool(row, 4),
		.slug = rows_str(row, 5),
		.plan = plan_find(rows_str(row, 6)),
		.tenant_id = rows_uuid(row, 7),
		.user_id = rows_uuid(row, 8),
		.has_key = !rows_null(row, 9),
		.sealed_key = rows_null(row, 9) ? STR_NONE : rows_bytes(row, 9),
		.expires_at = rows_instant(row, 10),
	};
	if (read_members(arena, rows_str(row, 1), company_names, company, COUNT_OF(company)))
		return E_INTERNAL;
	return read_members(arena, rows_str(row, 2), owner_names, owner, COUNT_OF(owner));
}

enum err signup_start(struct stx *tx, struct signup **out, struct str *text)
{
	struct arena *arena = stx_arena(tx);
	struct signup *signup = ARENA_NEW(arena, struct signup);
	int64_t now = clock_now();
	struct token token;
	enum err err;

	err = stx_exec(tx, &delete_expired_drafts, ARGS(arg_instant(arena, now)), NULL);
	if (err)
		return err;
	token_make(arena, TOKEN_SIGNUP, STR_NONE, &token);
	signup->id = uuid_new();
	signup->expires_at = now + SIGNUP_DAYS * MICROSECONDS_PER_DAY;
	*out = signup;
	*text = token.text;
	return stx_exec(tx, &insert_draft,
			ARGS(arg_uuid(arena, signup->id), arg_hash(token.hash), arg_instant(arena, now),
			     arg_instant(arena, signup->expires_at)),
			NULL);
}

enum err signup_find(struct stx *tx, struct str text, struct signup **out)
{
	struct arena *arena = stx_arena(tx);
	struct token token;
	struct rows *row;
	enum err err;

	if (!token_parse(text, &token) || token.kind != TOKEN_SIGNUP)
		return E_NOTFOUND;
	err = stx_one(tx, &find_draft, ARGS(arg_hash(token.hash), arg_instant(arena, clock_now())), &row);
	if (err)
		return err;
	*out = ARENA_NEW(arena, struct signup);
	return from_row(arena, row, *out);
}

enum err signup_lock(struct stx *tx, struct signup *signup)
{
	struct arena *arena = stx_arena(tx);
	struct rows *row;
	enum err err =
		stx_one(tx, &lock_draft, ARGS(arg_uuid(arena, signup->id), arg_instant(arena, clock_now())), &row);

	return err ? err : from_row(arena, row, signup);
}

/* ---- steps: lock, so that a save and a completion in two tabs follow one another ---- */

static enum err open_for_change(struct stx *tx, struct signup *signup)
{
	enum err err = signup_lock(tx, signup);

	if (!err && !uuid_is_zero(signup->tenant_id))
		err = E_CONFLICT;
	return err;
}

static struct argument now_argument(struct stx *tx)
{
	return arg_instant(stx_arena(tx), clock_now());
}

static struct str print_members(struct arena *arena, const char *const *names, struct str *const *values, size_t count)
{
	struct value *map = value_map(arena);
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < count; i++)
		value_put_str(map, names[i], *values[i]);
	json_print(map, &out);
	return buffer_str(&out);
}

enum err signup_save_company(struct stx *tx, struct signup *signup, const struct record *input, struct str logo_png,
			     struct errors *errors)
{
	struct arena *arena = stx_arena(tx);
	struct str *values[] = {&signup->company_name, &signup->industry, &signup->website};
	enum err err;

	if (errors_any(errors))
		return E_INVALID;
	err = open_for_change(tx, signup);
	if (err)
		return err;
	for (size_t i = 0; i < COUNT_OF(values); i++)
		*values[i] = record_text(input, company_names[i]);
	signup->has_logo = signup->has_logo || !str_absent(logo_png);
	return stx_exec(tx, &store_company,
			ARGS(arg_uuid(arena, signup->id),
			     arg_str(print_members(arena, company_names, values, COUNT_OF(values))),
			     arg_bytes(logo_png), now_argument(tx)),
			NULL);
}

enum err signup_remove_logo(struct stx *tx, struct signup *signup)
{
	enum err err = open_for_change(tx, signup);

	signup->has_logo = false;
	return err ? err
		   : stx_exec(tx, &delete_logo, ARGS(arg_uuid(stx_arena(tx), signup->id), now_argument(tx)), NULL);
}

enum err signup_load_logo(struct stx *tx, const struct signup *signup, struct str *png)
{
	struct rows *row;
	enum err err = stx_one(tx, &load_logo, ARGS(arg_uuid(stx_arena(tx), signup->id)), &row);

	if (!err)
		*png = rows_bytes(row, 0);
	return err;
}

enum err signup_save_owner(struct stx *tx, struct signup *signup, const struct record *input, struct errors *errors)
{
	struct arena *arena = stx_arena(tx);
	struct str *values[] = {&signup->owner_name, &signup->owner_email, &signup->owner_phone};
	struct str password = record_text(input, "password"), hash = STR_NONE;
	struct password_context context = {record_text(input, "email"), record_text(input, "name"),
					   signup->company_name};
	enum err err;

	if (errors_any(errors))
		return E_INVALID;
	/* Parsed with WRITE_UPDATE nothing is required: what must be there is asked for here. */
	if (str_absent(record_text(input, "name")))
		errors_add(errors, "name", "required", "Tell us your name.");
	if (str_absent(record_text(input, "email")))
		errors_add(errors, "email", "required", "Tell us your e-mail address.");
	if (str_absent(password) && !signup->has_password)
		errors_add(errors, "password", "required", "Choose a password.");
	if (errors_any(errors))
		return E_INVALID;
	if (!str_absent(password)) {
		if (!password_acceptable(password, &context, "password", errors))
			return E_INVALID;
		err = password_hash(arena, password, &hash); /* before the draft is locked */
		if (err)
			return err;
	}
	err = open_for_change(tx, signup);
	if (err)
		return err;
	for (size_t i = 0; i < COUNT_OF(values); i++)
		*values[i] = record_text(input, owner_names[i]);
	signup->has_password = true;
	return stx_exec(tx, &store_owner,
			ARGS(arg_uuid(arena, signup->id),
			     arg_str(print_members(arena, owner_names, values, COUNT_OF(values))), arg_str(hash),
			     now_argument(tx)),
			NULL);
}

enum err signup_save_slug(struct stx *tx, struct signup *signup, const struct record *input, struct errors *errors,
			  struct slug_answer *answer)
{
	struct slug_answer ignored;
	enum err err;

	answer = answer ? answer : &ignored;
	*answer = (struct slug_answer){.slug = record_text(input, "subdomain")};
	if (errors_any(errors))
		return E_INVALID;
	err = open_for_change(tx, signup);
	if (!err)
		err = slug_suggest(tx, record_text(input, "subdomain"), answer);
	if (err)
		return err;
	if (!slug_acceptable(record_text(input, "subdomain"), "subdomain", errors))
		return E_INVALID;
	if (!answer->available) {
		errors_add(errors, "subdomain", "taken", "This name is taken.");
		return E_CONFLICT;
	}
	signup->slug = answer->slug;
	return stx_exec(tx, &store_slug,
			ARGS(arg_uuid(stx_arena(tx), signup->id), arg_str(signup->slug), now_argument(tx)), NULL);
}

enum err signup_save_plan(struct stx *tx, struct signup *signup, const struct record *input, struct errors *errors)
{
	enum err err;

	if (errors_any(errors))
		return E_INVALID;
	err = open_for_change(tx, signup);
	if (err)
		return err;
	signup->plan = plan_find(record_text(input, "plan"));
	if (!signup->plan)
		return E_INVALID;
	return stx_exec(tx, &store_plan,
			ARGS(arg_uuid(stx_arena(tx), signup->id), arg_text(signup->plan->name), now_argument(tx)),
			NULL);
}
