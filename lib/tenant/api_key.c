#include "lib/tenant/api_key.h"
#include "lib/tenant/tenant_internal.h"

static const struct choice key_role_choices[] = {
	{"admin", "Admin", "blue"},
	{"member", "Member", "green"},
	{"viewer", "Viewer", "secondary"},
	{NULL, NULL, NULL},
};

static const struct field api_key_fields[] = {
	{
		.name = "name",
		.label = "Name",
		.help = "What uses it: \"Website form\", \"Zapier\".",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 100,
	},
	{
		.name = "role",
		.label = "Role",
		.help = "What the key may do: viewers read, members work with leads, admins also manage users.",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = key_role_choices,
		.default_value = "member",
	},
	{.name = "prefix", .label = "Begins with", .type = FIELD_TEXT, .flags = FIELD_READ_ONLY},
	{.name = "last_four", .label = "Ends with", .type = FIELD_TEXT, .flags = FIELD_READ_ONLY},
	{.name = "created_by", .label = "Made by", .type = FIELD_TEXT, .flags = FIELD_READ_ONLY},
	{.name = "created_at", .label = "Made", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY},
	{.name = "last_used_at", .label = "Last use", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY},
	{.name = "revoked_at", .label = "Revoked", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY},
	{.name = "is_active", .label = "Active", .type = FIELD_BOOL, .flags = FIELD_READ_ONLY},
};
const struct entity api_key_entity = {
	.name = "api-key",
	.plural = "api-keys",
	.label = "API key",
	.label_plural = "API keys",
	.icon = "key",
	.fields = api_key_fields,
	.field_count = COUNT_OF(api_key_fields),
	.title_field = "name",
};

/* The tenant's row is locked first, so that the count holds. */
STATEMENT(lock_tenant, "SELECT tenant_id FROM tenants WHERE tenant_id = $1 FOR UPDATE");
STATEMENT(count_keys, "SELECT count(*) FROM tenant_api_keys WHERE tenant_id = $1 AND is_active");
STATEMENT(insert_key, INSERT_API_KEY);
STATEMENT(list_keys, "SELECT k.id, k.name, k.key_prefix, k.last_four, k.role, u.name, k.created_at, k.last_used_at, "
		     "k.expires_at, k.revoked_at"
		     " FROM tenant_api_keys k LEFT JOIN tenant_users u ON u.tenant_id = $1 AND u.id = k.created_by"
		     " WHERE k.tenant_id = $1 AND (k.revoked_at IS NULL OR k.revoked_at > $2) ORDER BY k.created_at "
		     "DESC, k.id DESC LIMIT 200");
STATEMENT(revoke_key, "UPDATE tenant_api_keys SET is_active = false, revoked_at = coalesce(revoked_at, $3) WHERE "
		      "tenant_id = $1 AND id = $2");

#define PREFIX_LENGTH 14 /* "tk_abcd1234_Ab": the tenant's code and two of the secret */
#define SHOWN_AFTER_REVOKE (30 * MICROSECONDS_PER_DAY)

void api_key_make(struct arena *arena, struct str tenant_code, struct api_key *key, struct token *token)
{
	token_make(arena, TOKEN_API_KEY, tenant_code, token);
	key->id = uuid_new();
	key->created_at = clock_now();
	key->secret = token->text;
	key->prefix = (struct str){token->text.p, PREFIX_LENGTH};
	key->last_four = (struct str){token->text.p + token->text.n - 4, 4};
}

static enum err room_for_one(struct ttx *tx, struct errors *errors)
{
	struct rows *row;
	enum err err = ttx_one(tx, &lock_tenant, NO_ARGS, &row);

	if (!err)
		err = ttx_one(tx, &count_keys, NO_ARGS, &row);
	if (err || rows_int(row, 0) < API_KEY_MOST)
		return err;
	errors_add(errors, NULL, "too_many_keys",
		   "There are %d API keys already. Revoke one that is not used any more.", API_KEY_MOST);
	return E_CONFLICT;
}

enum err api_key_create(struct ttx *tx, const struct tenant *tenant, const struct principal *actor,
			const struct record *input, struct errors *errors, struct api_key **out)
{
	struct arena *arena = ttx_arena(tx);
	struct api_key *key = ARENA_NEW(arena, struct api_key);
	struct token token;
	enum role role;
	enum err err;

	if (!role_find(record_text(input, "role"), &role) || role > ROLE_ADMIN)
		return E_INVALID;
	if (!principal_can(actor, CAN_KEYS) || role > actor->role) {
		errors_add(errors, "role", "above_own_role", "A key cannot do more than you can.");
		return E_FORBIDDEN;
	}
	err = room_for_one(tx, errors);
	if (err)
		return err;
	api_key_make(arena, tenant->code, key, &token);
	key->name = record_text(input, "name");
	key->role = record_text(input, "role");
	key->creator = actor->name;
	*out = key;
	return ttx_exec(tx, &insert_key,
			ARGS(arg_uuid(arena, key->id), arg_hash(token.hash), arg_str(key->prefix),
			     arg_str(key->last_four), arg_str(key->name), arg_str(key->role),
			     arg_uuid(arena, actor->user_id), arg_instant(arena, key->created_at)),
			NULL);
}

enum err api_key_list(struct ttx *tx, struct api_key **out, size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	struct api_key *key;
	enum err err = ttx_rows(tx, &list_keys, ARGS(arg_instant(arena, clock_now() - SHOWN_AFTER_REVOKE)), &rows);

	if (err)
		return err;
	*count = rows_count(rows);
	*out = key = arena_array(arena, *count + 1, sizeof(*key));
	for (; rows_next(rows); key++)
		*key = (struct api_key){
			.id = rows_uuid(rows, 0),
			.name = rows_str(rows, 1),
			.prefix = rows_str(rows, 2),
			.last_four = rows_str(rows, 3),
			.role = rows_str(rows, 4),
			.creator = rows_str(rows, 5),
			.created_at = rows_instant(rows, 6),
			.last_used_at = rows_instant(rows, 7),
			.expires_at = rows_instant(rows, 8),
			.revoked_at = rows_instant(rows, 9),
		};
	return OK;
}

enum err api_key_revoke(struct ttx *tx, struct uuid key)
{
	struct arena *arena = ttx_arena(tx);
	int64_t affected;
	enum err err =
		ttx_exec(tx, &revoke_key, ARGS(arg_uuid(arena, key), arg_instant(arena, clock_now())), &affected);

	return err ? err : affected ? OK : E_NOTFOUND;
}

void api_key_to_value(const struct api_key *key, struct value *map)
{
	struct arena *arena = value_arena(map);

	value_put_str(map, "id", uuid_text(arena, key->id));
	value_put_str(map, "name", key->name);
	value_put_str(map, "role", key->role);
	value_put_str(map, "prefix", key->prefix);
	value_put_str(map, "last_four", key->last_four);
	value_put_str(map, "created_by", key->creator);
	value_put_instant(map, "created_at", key->created_at);
	value_put_instant(map, "last_used_at", key->last_used_at);
	value_put_instant(map, "revoked_at", key->revoked_at);
	value_put_bool(map, "is_active", key->revoked_at == 0);
	if (!str_absent(key->secret))
		value_put_str(map, "key", key->secret);
}
