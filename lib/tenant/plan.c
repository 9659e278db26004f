#include "lib/tenant/tenant.h"

static const char *const starter_lines[] = {"1,000 leads",    "3 users",           "3 active scrapers",
					    "E-mail support", "14-day free trial", NULL};
static const char *const professional_lines[] = {"5,000 leads",      "10 users",        "Unlimited scrapers",
						 "Priority support", "Custom branding", NULL};
static const char *const enterprise_lines[] = {"Unlimited leads",
					       "Unlimited users",
					       "Unlimited scrapers",
					       "Dedicated account manager",
					       "White-label option",
					       "SLA guarantee",
					       NULL};

/* From the cheapest to the dearest: plan_that_lifts walks it in this order. */
const struct plan plans[] = {
	{
		.tier = PLAN_STARTER,
		.name = "starter",
		.label = "Starter",
		.price_dollars = 99,
		.max_leads = 1000,
		.max_users = 3,
		.max_scrapers = 3,
		.features = 1u << FEATURE_ANY,
		.lines = starter_lines,
	},
	{
		.tier = PLAN_PROFESSIONAL,
		.name = "professional",
		.label = "Professional",
		.price_dollars = 199,
		.max_leads = 5000,
		.max_users = 10,
		.max_scrapers = 0,
		.features = 1u << FEATURE_ANY | 1u << FEATURE_BRANDING,
		.lines = professional_lines,
	},
	{
		.tier = PLAN_ENTERPRISE,
		.name = "enterprise",
		.label = "Enterprise",
		.price_dollars = 299,
		.max_leads = 0,
		.max_users = 0,
		.max_scrapers = 0,
		.features = 1u << FEATURE_ANY | 1u << FEATURE_BRANDING,
		.lines = enterprise_lines,
	},
};
const size_t plan_count = COUNT_OF(plans);

static const struct {
	const char *label;
	size_t offset;
} limits[] = {
	[LIMIT_LEADS] = {"leads", offsetof(struct plan, max_leads)},
	[LIMIT_USERS] = {"users", offsetof(struct plan, max_users)},
	[LIMIT_SCRAPERS] = {"scrapers", offsetof(struct plan, max_scrapers)},
};

const struct plan *plan_find(struct str name)
{
	for (size_t i = 0; i < plan_count; i++)
		if (str_is(name, plans[i].name))
			return &plans[i];
	return NULL;
}

const struct plan *plan_that_lifts(enum plan_limit limit, int64_t needed)
{
	for (size_t i = 0; i < plan_count; i++) {
		int64_t most;

		memcpy(&most, (const char *)&plans[i] + limits[limit].offset, sizeof(most));
		if (most == 0 || most > needed)
			return &plans[i];
	}
	return NULL;
}

const char *plan_limit_label(enum plan_limit limit)
{
	return limits[limit].label;
}
