/* The second half of provision.h: tenants seen and changed from outside. */
#include "lib/tenant/provision.h"
#include "lib/tenant/tenant_internal.h"

static const struct choice status_choices[] = {
	{"trial", "Trial", "blue"},
	{"active", "Active", "green"},
	{"suspended", "Suspended", "orange"},
	{"cancelled", "Cancelled", "red"},
	{NULL, NULL, NULL},
};

static const struct field update_fields[] = {
	{.name = "name",
	 .label = "Workspace name",
	 .type = FIELD_TEXT,
	 .flags = FIELD_REQUIRED,
	 .minimum = 1,
	 .maximum = 255},
	{.name = "plan_tier", .label = "Plan", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = plan_choices},
	{.name = "status", .label = "Status", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = status_choices},
	{
		.name = "trial_ends_at",
		.label = "Trial ends",
		.help = "Empty: the trial has no end.",
		.type = FIELD_INSTANT,
	},
};
const struct entity tenant_update_entity = {
	.name = "tenant-update",
	.plural = "tenant-updates",
	.label = "Tenant",
	.label_plural = "Tenants",
	.fields = update_fields,
	.field_count = COUNT_OF(update_fields),
};
enum { UPDATE_NAME = 0, UPDATE_PLAN, UPDATE_STATUS, UPDATE_TRIAL };

/* ---- read ---- */

#define TENANT_COLUMNS                                                                                                 \
	"tenant_id, name, slug, subdomain, company_name, industry, website_url, owner_name, owner_email, "             \
	"owner_phone, plan_tier, status,"                                                                              \
	" max_leads, max_users, max_scrapers, current_lead_count, current_user_count, version, trial_ends_at, "        \
	"created_at, updated_at, subscription_started_at"

STATEMENT(get_tenant, "SELECT " TENANT_COLUMNS " FROM tenants WHERE tenant_id = $1 AND deleted_at IS NULL");
STATEMENT(get_tenant_for_update,
	  "SELECT " TENANT_COLUMNS " FROM tenants WHERE tenant_id = $1 AND deleted_at IS NULL FOR UPDATE");
STATEMENT(find_directory, "SELECT tenant_id FROM tenant_directory WHERE slug = $1 AND released_at IS NULL");
STATEMENT(list_tenants, "SELECT " TENANT_COLUMNS " FROM tenants WHERE deleted_at IS NULL"
			" AND ($1::timestamptz IS NULL OR (created_at, tenant_id) > ($1::timestamptz, $2::uuid))"
			" AND ($3::text IS NULL OR status = $3::text) ORDER BY created_at, tenant_id LIMIT $4::bigint");

static struct tenant_row from_row(const struct rows *row)
{
	return (struct tenant_row){
		.id = rows_uuid(row, 0),
		.name = rows_str(row, 1),
		.slug = rows_str(row, 2),
		.subdomain = rows_str(row, 3),
		.company_name = rows_str(row, 4),
		.industry = rows_str(row, 5),
		.website_url = rows_str(row, 6),
		.owner_name = rows_str(row, 7),
		.owner_email = rows_str(row, 8),
		.owner_phone = rows_str(row, 9),
		.plan_tier = rows_str(row, 10),
		.status = rows_str(row, 11),
		.max_leads = rows_int(row, 12),
		.max_users = rows_int(row, 13),
		.max_scrapers = rows_int(row, 14),
		.lead_count = rows_int(row, 15),
		.user_count = rows_int(row, 16),
		.version = rows_int(row, 17),
		.trial_ends_at = rows_instant(row, 18),
		.created_at = rows_instant(row, 19),
		.updated_at = rows_instant(row, 20),
		.subscription_started_at = rows_instant(row, 21),
	};
}

static void put_limit(struct value *map, const char *key, int64_t most)
{
	value_put(map, key, most ? value_int(value_arena(map), most) : value_null(value_arena(map)));
}

void tenant_row_to_value(const struct tenant_row *row, struct value *map)
{
	value_put_str(map, "id", uuid_text(value_arena(map), row->id));
	value_put_str(map, "name", row->name);
	value_put_str(map, "slug", row->slug);
	value_put_str(map, "subdomain", row->subdomain);
	value_put_str(map, "status", row->status);
	value_put_str(map, "plan_tier", row->plan_tier);
	value_put_str(map, "company_name", row->company_name);
	value_put_str(map, "industry", row->industry);
	value_put_str(map, "website_url", row->website_url);
	value_put_str(map, "owner_name", row->owner_name);
	value_put_str(map, "owner_email", row->owner_email);
	value_put_str(map, "owner_phone", row->owner_phone);
	put_limit(map, "max_leads", row->max_leads);
	put_limit(map, "max_users", row->max_users);
	put_limit(map, "max_scrapers", row->max_scrapers);
	value_put_int(map, "current_lead_count", row->lead_count);
	value_put_int(map, "current_user_count", row->user_count);
	value_put_instant(map, "trial_ends_at", row->trial_ends_at);
	value_put_instant(map, "created_at", row->created_at);
	value_put_instant(map, "updated_at", row->updated_at);
	value_put_int(map, "version", row->version);
}

static enum err one(struct stx *tx, const struct statement *statement, struct uuid id, struct tenant_row **out)
{
	struct rows *row;
	enum err err = stx_one(tx, statement, ARGS(arg_uuid(stx_arena(tx), id)), &row);

	if (err)
		return err;
	*out = ARENA_NEW(stx_arena(tx), struct tenant_row);
	**out = from_row(row);
	return OK;
}

enum err tenant_get(struct stx *tx, struct uuid id, struct tenant_row **out)
{
	return one(tx, &get_tenant, id, out);
}

enum err tenant_get_by_slug(struct stx *tx, struct str slug, struct tenant_row **out)
{
	struct rows *row;
	enum err err = stx_one(tx, &find_directory, ARGS(arg_str(slug)), &row);

	return err ? err : one(tx, &get_tenant, rows_uuid(row, 0), out);
}

/* "<microseconds>.<uuid>" in base64url: where the last page ended. */
static struct str cursor_print(struct arena *arena, const struct tenant_row *last)
{
	return base64url_encode(arena, arena_printf(arena, "%lld.%.*s", (long long)last->created_at,
						    STR_FMT_ARG(uuid_text(arena, last->id))));
}

static bool cursor_parse(struct arena *arena, struct str cursor, int64_t *created_at, struct uuid *id)
{
	struct str rest, instant;

	if (!base64url_decode(arena, cursor, &rest) || rest.n > 80)
		return false;
	instant = str_split(&rest, '.');
	return str_to_int64(instant, created_at) && *created_at >= 0 && *created_at < INT64_C(1) << 53 &&
	       uuid_parse(rest, id);
}

enum err tenants_list(struct stx *tx, const struct tenants_query *query, struct errors *errors, struct tenant_row **out,
		      size_t *count, struct str *next_cursor)
{
	struct arena *arena = stx_arena(tx);
	struct argument since = arg_null(), after = arg_null();
	struct uuid id;
	int64_t created_at;
	struct rows *rows;
	enum err err;

	if (!str_absent(query->cursor)) {
		if (!cursor_parse(arena, query->cursor, &created_at, &id)) {
			errors_add(errors, "cursor", "invalid", "This is not a cursor of this list.");
			return E_INVALID;
		}
		since = arg_instant(arena, created_at);
		after = arg_uuid(arena, id);
	}
	/* One more than wanted tells whether there is a next page. */
	err = stx_rows(tx, &list_tenants, ARGS(since, after, arg_str(query->status), arg_int(arena, query->limit + 1)),
		       &rows);
	if (err)
		return err;
	*next_cursor = STR_NONE;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof(**out));
	for (*count = 0; *count < (size_t)query->limit && rows_next(rows); ++*count)
		(*out)[*count] = from_row(rows);
	if (rows_count(rows) > *count)
		*next_cursor = cursor_print(arena, &(*out)[*count - 1]);
	return OK;
}

/* ---- change ---- */

STATEMENT(store_tenant, "UPDATE tenants SET name = $2, plan_tier = $3, max_leads = $4, max_users = $5, max_scrapers = "
			"$6, status = $7, trial_ends_at = $8,"
			" subscription_started_at = CASE WHEN $7 = 'active' THEN coalesce(subscription_started_at, "
			"$9::timestamptz) ELSE subscription_started_at END,"
			" version = version + 1, updated_at = $9 WHERE tenant_id = $1");
STATEMENT(soft_delete, "UPDATE tenants SET deleted_at = $2, updated_at = $2, version = version + 1 WHERE tenant_id = "
		       "$1 AND deleted_at IS NULL");
STATEMENT(release_slug, "UPDATE tenant_directory SET released_at = $2 WHERE tenant_id = $1");

#define TO(status) (1u << (status))
static const unsigned transitions[] = {
	[TENANT_TRIAL] = TO(TENANT_TRIAL) | TO(TENANT_ACTIVE) | TO(TENANT_SUSPENDED) | TO(TENANT_CANCELLED),
	[TENANT_ACTIVE] = TO(TENANT_ACTIVE) | TO(TENANT_SUSPENDED) | TO(TENANT_CANCELLED),
	[TENANT_SUSPENDED] = TO(TENANT_SUSPENDED) | TO(TENANT_TRIAL) | TO(TENANT_ACTIVE) | TO(TENANT_CANCELLED),
	[TENANT_CANCELLED] = TO(TENANT_CANCELLED) | TO(TENANT_ACTIVE),
};

static enum err apply(const struct record *change, struct tenant_row *row, const struct plan **plan,
		      struct errors *errors)
{
	enum tenant_status from, to;

	if (record_given(change, UPDATE_NAME))
		row->name = record_get(change, UPDATE_NAME);
	*plan = plan_find(record_given(change, UPDATE_PLAN) ? record_get(change, UPDATE_PLAN) : row->plan_tier);
	if (record_given(change, UPDATE_TRIAL)) {
		struct str text = record_get(change, UPDATE_TRIAL);

		row->trial_ends_at = 0;
		if (!str_absent(text) && !clock_from_rfc3339(text, &row->trial_ends_at))
			return E_INVALID;
	}
	if (!tenant_status_find(row->status, &from) || !*plan)
		return E_INTERNAL;
	if (!record_given(change, UPDATE_STATUS))
		return OK;
	if (!tenant_status_find(record_get(change, UPDATE_STATUS), &to))
		return E_INVALID;
	if (!(transitions[from] & TO(to))) {
		errors_add(errors, "status", "transition", "A tenant cannot go from %s to %s.",
			   tenant_status_name(from), tenant_status_name(to));
		return E_CONFLICT;
	}
	row->status = str_from(tenant_status_name(to));
	return OK;
}

enum err tenant_update(struct stx *tx, struct uuid id, const struct record *change, int64_t version,
		       struct errors *errors, struct tenant_row **out)
{
	struct arena *arena = stx_arena(tx);
	struct tenant_row *row;
	const struct plan *plan;
	bool new_plan;
	enum err err = one(tx, &get_tenant_for_update, id, &row);

	if (err)
		return err;
	if (version && version != row->version)
		return E_PRECONDITION;
	err = apply(change, row, &plan, errors);
	if (err)
		return err;
	new_plan =
		!str_is(row->plan_tier, plan->name); /* the same plan again keeps limits that were agreed on by hand */
	err = stx_exec(tx, &store_tenant,
		       ARGS(arg_uuid(arena, id), arg_str(row->name), arg_text(plan->name),
			    arg_limit(arena, new_plan ? plan->max_leads : row->max_leads),
			    arg_limit(arena, new_plan ? plan->max_users : row->max_users),
			    arg_limit(arena, new_plan ? plan->max_scrapers : row->max_scrapers), arg_str(row->status),
			    arg_instant_or_null(arena, row->trial_ends_at), arg_instant(arena, clock_now())),
		       NULL);
	if (!err)
		err = tenant_changed_by_system(tx, id);
	return err ? err : tenant_get(tx, id, out);
}

enum err tenant_delete(struct stx *tx, struct uuid id)
{
	struct arena *arena = stx_arena(tx);
	struct argument now = arg_instant(arena, clock_now()), tenant = arg_uuid(arena, id);
	int64_t affected;
	enum err err = stx_exec(tx, &soft_delete, ARGS(tenant, now), &affected);

	if (!err && affected == 0)
		err = E_NOTFOUND;
	if (!err)
		err = stx_exec(tx, &release_slug, ARGS(tenant, now), NULL);
	if (!err)
		err = tenant_changed_by_system(tx, id);
	return err;
}
