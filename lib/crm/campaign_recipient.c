#include "lib/crm/campaign_recipient.h"

#include "lib/crm/shared.h"
#include "lib/tenant/user.h"

static const struct choice statuses[] = {
	{"pending", "Pending", "secondary"}, {"sent", "Sent", "blue"},
	{"delivered", "Delivered", "green"}, {"bounced", "Bounced", "red"},
	{"complained", "Complained", "red"}, {"failed", "Failed", "red"},
	{"skipped", "Skipped", "yellow"},    {NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "email",
		.label = "E-mail",
		.group = "Recipient",
		.type = FIELD_EMAIL,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
	},
	{
		.name = "campaign_id",
		.label = "Campaign",
		REFERS_BY_NAME("email_campaigns"),
		.flags = FIELD_OWNING | FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_FILTERABLE | FIELD_LISTED |
			 FIELD_EXPORTABLE,
	},
	{
		.name = "lead_id",
		.label = "Lead",
		REFERS_TO_LEAD,
		.flags = FIELD_FILTERABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "contact_id",
		.label = "Contact",
		REFERS_TO_CONTACT,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "status",
		.label = "Status",
		.type = FIELD_CHOICE,
		.flags = FIELD_READ_ONLY | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
		.choices = statuses,
		.default_value = "pending",
	},
	{
		.name = "sent_at",
		.label = "Sent",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "email_norm",
		.label = "E-mail, lower case",
		.type = FIELD_TEXT,
		.flags = FIELD_INTERNAL,
		.maximum = 254,
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)errors;
	if (crm_is_given(record, kind, "email"))
		record_set_text(record, "email_norm", email_normal(ttx_arena(tx), record_text(record, "email")));
	return OK;
}

const struct entity campaign_recipient_entity = {
	.name = "campaign_recipient",
	.plural = "campaign_recipients",
	.label = "Recipient",
	.label_plural = "Recipients",
	.icon = "mail",
	.table = "campaign_recipients",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "email",
	.default_sort = "-created_at",
	.empty_hint = "Recipients are the people a campaign is for, each address once.",
	.trash = true,
	.before_write = before_write,
};
