#include "lib/tenant/tenant_internal.h"

const struct choice industry_choices[] = {
	{"hvac", "Heating and cooling", NULL},
	{"plumbing", "Plumbing", NULL},
	{"both", "Heating, cooling and plumbing", NULL},
	{NULL, NULL, NULL},
};
const struct choice plan_choices[] = {
	{"starter", "Starter", NULL},
	{"professional", "Professional", NULL},
	{"enterprise", "Enterprise", NULL},
	{NULL, NULL, NULL},
};
