#include "lib/crm/scraper_job.h"

#include "lib/crm/shared.h"
#include "lib/tenant/usage.h"

static const struct choice schedules[] = {
	{"hourly", "Every hour", NULL},
	{"daily", "Every day", NULL},
	{"weekly", "Every week", NULL},
	{NULL, NULL, NULL},
};

/* Nothing runs them yet: last_run_at and next_run_at stay empty until something does. */
static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Scraper",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "source",
		.label = "Source",
		.help = "A forum, a review site, a permit list.",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "url",
		.label = "Address",
		.type = FIELD_URL,
		.flags = CARRIED,
	},
	{
		.name = "keywords",
		.label = "Keywords",
		.help = "Words to look for, one a line.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 2000,
	},
	{
		.name = "trade",
		.label = "Trade",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = trade_choices,
	},
	{
		.name = "schedule",
		.label = "How often",
		.group = "Schedule",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = schedules,
		.default_value = "daily",
	},
	{
		.name = "is_active",
		.label = "Active",
		.help = "Whether it is to run once scrapers run; none does yet.",
		.type = FIELD_BOOL,
		.flags = FIELD_LISTED | CARRIED,
		.default_value = "t",
	},
	{
		.name = "last_run_at",
		.label = "Last run",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "next_run_at",
		.label = "Next run",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

/* Last, since it holds the tenant's row until commit. */
static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)record;
	return kind == WRITE_CREATE ? usage_claim(tx, LIMIT_SCRAPERS, errors) : OK;
}

static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *record)
{
	(void)record;
	return kind == WRITE_DELETE ? usage_release(tx, LIMIT_SCRAPERS, 1) : OK;
}

const struct entity scraper_job_entity = {
	.name = "scraper_job",
	.plural = "scraper_jobs",
	.label = "Scraper",
	.label_plural = "Scrapers",
	.icon = "world-search",
	.table = "scraper_jobs",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "-created_at",
	.empty_hint = "A scraper says where to look for signals and how often. Describe the sources you read by hand "
		      "today; they do not run yet.",
	.trash = true,
	.history = true,
	.before_write = before_write,
	.after_write = after_write,
};
