#include "lib/tenant/profile.h"
#include "lib/tenant/tenant_internal.h"

/* Where the field workers of these companies are; IANA names. */
const struct choice time_zone_choices[] = {
	{"America/New_York", "Eastern", NULL},
	{"America/Chicago", "Central", NULL},
	{"America/Denver", "Mountain", NULL},
	{"America/Phoenix", "Arizona", NULL},
	{"America/Los_Angeles", "Pacific", NULL},
	{"America/Anchorage", "Alaska", NULL},
	{"Pacific/Honolulu", "Hawaii", NULL},
	{"America/Puerto_Rico", "Atlantic, Puerto Rico", NULL},
	{"America/Halifax", "Atlantic, Canada", NULL},
	{"America/St_Johns", "Newfoundland", NULL},
	{"UTC", "UTC", NULL},
	{NULL, NULL, NULL},
};

static const struct field profile_fields[] = {
	{
		.name = "name",
		.label = "Workspace name",
		.help = "Stands on top of every page.",
		.group = "Company",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 255,
	},
	{
		.name = "company_name",
		.label = "Company name",
		.help = "The full name, as on an invoice.",
		.type = FIELD_TEXT,
		.maximum = 255,
		.autocomplete = "organization",
	},
	{.name = "industry",
	 .label = "Trade",
	 .type = FIELD_CHOICE,
	 .flags = FIELD_REQUIRED,
	 .choices = industry_choices},
	{.name = "website_url",
	 .label = "Website",
	 .group = "Contact",
	 .type = FIELD_URL,
	 .maximum = 500,
	 .autocomplete = "url"},
	{.name = "phone", .label = "Phone", .type = FIELD_PHONE, .autocomplete = "tel"},
	{.name = "time_zone",
	 .label = "Time zone",
	 .type = FIELD_CHOICE,
	 .flags = FIELD_REQUIRED,
	 .choices = time_zone_choices},
};
const struct entity profile_entity = {
	.name = "profile",
	.plural = "profiles",
	.label = "Company",
	.label_plural = "Companies",
	.fields = profile_fields,
	.field_count = COUNT_OF(profile_fields),
};

STATEMENT(read_profile, "SELECT name, company_name, industry, website_url, phone, time_zone, version FROM tenants "
			"WHERE tenant_id = $1");
/* A flag before each value says whether it was given, so that null can be written. */
STATEMENT(
	write_profile,
	"UPDATE tenants SET name = CASE WHEN $2::boolean THEN $3::text ELSE name END,"
	" company_name = CASE WHEN $4::boolean THEN $5::text ELSE company_name END,"
	" industry = CASE WHEN $6::boolean THEN $7::text ELSE industry END,"
	" website_url = CASE WHEN $8::boolean THEN $9::text ELSE website_url END,"
	" phone = CASE WHEN $10::boolean THEN $11::text ELSE phone END,"
	" time_zone = CASE WHEN $12::boolean THEN $13::text ELSE time_zone END,"
	" version = version + 1, updated_at = $14 WHERE tenant_id = $1 AND ($15::bigint = 0 OR version = $15::bigint)");

enum err profile_get(struct ttx *tx, struct record **out, int64_t *version)
{
	struct record *record = record_new(ttx_arena(tx), &profile_entity);
	struct rows *row;
	enum err err = ttx_one(tx, &read_profile, NO_ARGS, &row);

	if (err)
		return err;
	for (size_t i = 0; i < COUNT_OF(profile_fields); i++)
		record_set(record, (int)i, rows_str(row, (int)i));
	*version = rows_int(row, COUNT_OF(profile_fields));
	*out = record;
	return OK;
}

enum err profile_update(struct ttx *tx, const struct record *change, int64_t version, struct errors *errors)
{
	struct argument items[2 * COUNT_OF(profile_fields) + 2];
	struct arena *arena = ttx_arena(tx);
	int64_t affected;
	size_t count = 0;
	enum err err;

	if (errors_any(errors))
		return E_INVALID;
	for (size_t i = 0; i < COUNT_OF(profile_fields); i++) {
		items[count++] = arg_bool(record_given(change, (int)i));
		items[count++] = arg_str(record_get(change, (int)i));
	}
	items[count++] = arg_instant(arena, clock_now());
	items[count++] = arg_int(arena, version);
	err = ttx_exec(tx, &write_profile, (struct arguments){items, count}, &affected);
	if (err)
		return err;
	if (affected == 0)
		return E_PRECONDITION;
	return tenant_changed(tx);
}
