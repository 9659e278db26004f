/* The forms of the sign-up's steps, and a draft read back into them. */
#include "lib/tenant/password.h"
#include "lib/tenant/signup.h"
#include "lib/tenant/tenant_internal.h"

static const struct field company_fields[] = {
	{
		.name = "name",
		.label = "Company name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 255,
		.autocomplete = "organization",
	},
	{
		.name = "industry",
		.label = "What do you do?",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = industry_choices,
		.default_value = "hvac",
	},
	{
		.name = "website",
		.label = "Website",
		.help = "If you have one.",
		.type = FIELD_URL,
		.maximum = 500,
		.autocomplete = "url",
	},
};
const struct entity signup_company_entity = {
	.name = "signup-company",
	.plural = "signup-companies",
	.label = "Company",
	.label_plural = "Companies",
	.fields = company_fields,
	.field_count = COUNT_OF(company_fields),
};

static const struct field owner_fields[] = {
	{
		.name = "name",
		.label = "Your name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 200,
		.autocomplete = "name",
	},
	{
		.name = "email",
		.label = "E-mail",
		.help = "You log in with it.",
		.type = FIELD_EMAIL,
		.flags = FIELD_REQUIRED,
		.maximum = 254,
		.autocomplete = "email",
	},
	{.name = "phone", .label = "Phone", .type = FIELD_PHONE, .autocomplete = "tel"},
	PASSWORD_FIELD("Password"),
};
const struct entity signup_owner_entity = {
	.name = "signup-owner",
	.plural = "signup-owners",
	.label = "Owner",
	.label_plural = "Owners",
	.fields = owner_fields,
	.field_count = COUNT_OF(owner_fields),
};

static const struct field subdomain_fields[] = {
	{
		.name = "subdomain",
		.label = "Your address",
		.type = FIELD_SLUG,
		.flags = FIELD_REQUIRED,
		.minimum = SLUG_LEAST,
		.maximum = SLUG_MOST,
	},
};
const struct entity signup_subdomain_entity = {
	.name = "signup-subdomain",
	.plural = "signup-subdomains",
	.label = "Address",
	.label_plural = "Addresses",
	.fields = subdomain_fields,
	.field_count = COUNT_OF(subdomain_fields),
};

static const struct field plan_fields[] = {
	{
		.name = "plan",
		.label = "Plan",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = plan_choices,
	},
};
const struct entity signup_plan_entity = {
	.name = "signup-plan",
	.plural = "signup-plans",
	.label = "Plan",
	.label_plural = "Plans",
	.fields = plan_fields,
	.field_count = COUNT_OF(plan_fields),
};

enum signup_step signup_next_step(const struct signup *signup)
{
	if (!uuid_is_zero(signup->tenant_id))
		return SIGNUP_DONE;
	if (str_absent(signup->company_name))
		return SIGNUP_COMPANY;
	if (str_absent(signup->owner_email) || !signup->has_password)
		return SIGNUP_OWNER;
	if (str_absent(signup->slug))
		return SIGNUP_SUBDOMAIN;
	return SIGNUP_PLAN;
}

struct record *signup_record(struct arena *arena, const struct signup *signup, enum signup_step step)
{
	struct record *record = NULL;

	switch (step) {
	case SIGNUP_COMPANY:
		record = record_new(arena, &signup_company_entity);
		record_set_text(record, "name", signup->company_name);
		record_set_text(record, "industry", str_absent(signup->industry) ? STR("hvac") : signup->industry);
		record_set_text(record, "website", signup->website);
		break;
	case SIGNUP_OWNER:
		record = record_new(arena, &signup_owner_entity);
		record_set_text(record, "name", signup->owner_name);
		record_set_text(record, "email", signup->owner_email);
		record_set_text(record, "phone", signup->owner_phone);
		break;
	case SIGNUP_SUBDOMAIN:
		record = record_new(arena, &signup_subdomain_entity);
		record_set_text(record, "subdomain", signup->slug);
		break;
	case SIGNUP_PLAN:
	case SIGNUP_DONE:
		record = record_new(arena, &signup_plan_entity);
		record_set_text(record, "plan", signup->plan ? str_from(signup->plan->name) : STR_NONE);
		break;
	}
	return record;
}
