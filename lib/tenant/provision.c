#include "lib/pg/scope_internal.h"
#include "lib/tenant/password.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/slug.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/tenant/user.h"

static const struct field create_fields[] = {
	{
		.name = "name",
		.label = "Workspace name",
		.group = "Company",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 255,
	},
	{
		.name = "slug",
		.label = "Subdomain",
		.type = FIELD_SLUG,
		.flags = FIELD_REQUIRED,
		.minimum = SLUG_LEAST,
		.maximum = SLUG_MOST,
	},
	{.name = "company_name", .label = "Company name", .type = FIELD_TEXT, .maximum = 255},
	{.name = "industry",
	 .label = "Trade",
	 .type = FIELD_CHOICE,
	 .choices = industry_choices,
	 .default_value = "hvac"},
	{.name = "website_url", .label = "Website", .type = FIELD_URL, .maximum = 500},
	{.name = "plan_tier",
	 .label = "Plan",
	 .type = FIELD_CHOICE,
	 .choices = plan_choices,
	 .default_value = "starter"},
	{
		.name = "owner_email",
		.label = "Owner's e-mail",
		.group = "Owner",
		.type = FIELD_EMAIL,
		.flags = FIELD_REQUIRED,
		.maximum = 254,
	},
	{
		.name = "owner_name",
		.label = "Owner's name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 200,
	},
	{.name = "owner_phone", .label = "Owner's phone", .type = FIELD_PHONE},
	{
		.name = "owner_password",
		.label = "Owner's password",
		.help = "Without one the answer carries a single-use link with which the owner sets one.",
		.type = FIELD_PASSWORD,
		.flags = FIELD_WRITE_ONLY,
		.minimum = PASSWORD_LEAST_CODE_POINTS,
		.maximum = PASSWORD_MOST_CODE_POINTS,
	},
};
const struct entity tenant_create_entity = {
	.name = "tenant-create",
	.plural = "tenant-creates",
	.label = "Tenant",
	.label_plural = "Tenants",
	.fields = create_fields,
	.field_count = COUNT_OF(create_fields),
};

/* The unique name decides who wins; the loser's transaction stays good. */
STATEMENT(claim_slug, "INSERT INTO tenant_directory (slug, tenant_id, code, created_at) VALUES ($1, $2, $3, $4) ON "
		      "CONFLICT (slug) DO NOTHING");
STATEMENT(insert_tenant,
	  "INSERT INTO tenants (tenant_id, slug, subdomain, name, company_name, industry, website_url, logo_id, "
	  "owner_name, owner_email,"
	  " owner_phone, phone, plan_tier, status, trial_ends_at, max_leads, max_users, max_scrapers, "
	  "current_user_count, created_at, updated_at)"
	  " VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, 'trial', $12, $13, $14, $15, 1, $16, $16)");
STATEMENT(insert_owner, "INSERT INTO tenant_users (tenant_id, id, email, email_norm, password_hash, name, phone, role, "
			"created_at, updated_at)"
			" VALUES ($1, $2, $3, $4, $5, $6, $7, 'owner', $8, $8)");
STATEMENT(insert_logo, INSERT_LOGO);

static enum err claim(struct stx *tx, const struct tenant_wish *wish, const char *slug_field, struct errors *errors,
		      struct tenant_made *made)
{
	struct arena *arena = stx_arena(tx);
	char code[8 + 1];
	int64_t affected;
	enum err err;

	if (!slug_acceptable(wish->slug, slug_field, errors))
		return E_INVALID;
	random_base62(code, 8);
	*made = (struct tenant_made){
		.tenant_id = uuid_new(),
		.user_id = uuid_new(),
		.slug = wish->slug,
		.code = arena_copy(arena, str_from(code)),
		.created_at = clock_now(),
	};
	made->trial_ends_at = made->created_at + TRIAL_DAYS * MICROSECONDS_PER_DAY;
	err = stx_exec(tx, &claim_slug,
		       ARGS(arg_str(made->slug), arg_uuid(arena, made->tenant_id), arg_str(made->code),
			    arg_instant(arena, made->created_at)),
		       &affected);
	if (err || affected)
		return err;
	errors_add(errors, slug_field, "taken", "This name is taken.");
	return E_CONFLICT;
}

static enum err insert_company(struct stx *tx, const struct tenant_wish *wish, const struct tenant_made *made)
{
	struct arena *arena = stx_arena(tx);
	const struct plan *plan = wish->plan;
	bool logo = !str_absent(wish->logo_png);
	struct uuid logo_id = logo ? uuid_new() : uuid_zero();
	struct argument tenant = arg_uuid(arena, made->tenant_id), now = arg_instant(arena, made->created_at);
	enum err err;

	err = stx_exec(tx, &insert_tenant,
		       ARGS(tenant, arg_str(made->slug), arg_str(wish->name),
			    arg_str(str_absent(wish->company_name) ? wish->name : wish->company_name),
			    arg_str(str_absent(wish->industry) ? STR("hvac") : wish->industry),
			    arg_str(wish->website_url), logo ? arg_uuid(arena, logo_id) : arg_null(),
			    arg_str(wish->owner_name), arg_str(wish->owner_email), arg_str(wish->owner_phone),
			    arg_text(plan->name), arg_instant(arena, made->trial_ends_at),
			    arg_limit(arena, plan->max_leads), arg_limit(arena, plan->max_users),
			    arg_limit(arena, plan->max_scrapers), now),
		       NULL);
	if (err || !logo)
		return err;
	return stx_exec(tx, &insert_logo, ARGS(tenant, arg_uuid(arena, logo_id), arg_bytes(wish->logo_png), now), NULL);
}

static enum err insert_person(struct stx *tx, const struct tenant_wish *wish, struct tenant_made *made)
{
	struct arena *arena = stx_arena(tx);
	enum err err = stx_exec(tx, &insert_owner,
				ARGS(arg_uuid(arena, made->tenant_id), arg_uuid(arena, made->user_id),
				     arg_str(wish->owner_email), arg_str(email_normal(arena, wish->owner_email)),
				     arg_str(wish->password_hash), arg_str(wish->owner_name),
				     arg_str(wish->owner_phone), arg_instant(arena, made->created_at)),
				NULL);

	if (err || !str_absent(wish->password_hash))
		return err;
	return link_make_by_system(tx, made->tenant_id, made->code, LINK_SET_PASSWORD, made->user_id,
				   &made->set_password);
}

enum err tenant_provision(struct stx *tx, const struct tenant_wish *wish, const char *slug_field, struct errors *errors,
			  struct tenant_made *out)
{
	struct scope *scope = ARENA_NEW(stx_arena(tx), struct scope);
	enum err err = claim(tx, wish, slug_field, errors, out);

	if (err)
		return err;
	*scope = scope_of(out->tenant_id);
	err = stx_enter_tenant(tx, scope);
	if (!err)
		err = insert_company(tx, wish, out);
	if (!err)
		err = insert_person(tx, wish, out);
	if (!err)
		err = provision_defaults(tx, out->tenant_id, out->created_at);
	if (!err)
		err = tenant_changed_by_system(tx, out->tenant_id);
	return err;
}

enum err tenant_create(struct stx *tx, const struct record *input, struct errors *errors, struct tenant_made *out)
{
	struct str password = record_text(input, "owner_password");
	struct tenant_wish wish = {
		.name = record_text(input, "name"),
		.company_name = record_text(input, "company_name"),
		.slug = record_text(input, "slug"),
		.industry = record_text(input, "industry"),
		.website_url = record_text(input, "website_url"),
		.owner_name = record_text(input, "owner_name"),
		.owner_email = record_text(input, "owner_email"),
		.owner_phone = record_text(input, "owner_phone"),
		.password_hash = STR_NONE,
		.plan = plan_find(record_text(input, "plan_tier")),
	};
	struct password_context context = {wish.owner_email, wish.owner_name, wish.name};
	enum err err;

	if (!slug_acceptable(wish.slug, "slug", errors) || !wish.plan)
		return E_INVALID;
	if (!str_absent(password)) {
		if (!password_acceptable(password, &context, "owner_password", errors))
			return E_INVALID;
		err = password_hash(stx_arena(tx), password, &wish.password_hash);
		if (err)
			return err;
	}
	return tenant_provision(tx, &wish, "slug", errors, out);
}
