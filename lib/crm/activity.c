#include "lib/crm/activity.h"

#include "lib/base/clock.h"
#include "lib/crm/cadence_run.h"
#include "lib/crm/response.h"
#include "lib/crm/shared.h"

/* clang-format off */
static const struct choice types[] = {
	{"call", "Call", "blue"},
	{"email", "E-mail", "purple"},
	{"meeting", "Meeting", "green"},
	{"visit", "Visit", "green"},
	{"sms", "Text message", "cyan"},
	{"system", "System", "secondary"},
	{NULL, NULL, NULL},
};
/* clang-format on */

static const struct choice directions[] = {
	{"outbound", "Outbound", NULL},
	{"inbound", "Inbound", NULL},
	{NULL, NULL, NULL},
};

static const struct choice outcomes[] = {
	{"answered", "Answered", "green"},
	{"no_answer", "No answer", "yellow"},
	{"voicemail", "Voicemail", "yellow"},
	{"booked", "Booked", "green"},
	{"not_interested", "Not interested", "secondary"},
	{NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "type",
		.label = "Type",
		.group = "What",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
		.choices = types,
	},
	{
		.name = "subject",
		.label = "Subject",
		.help = "In a few words.",
		.type = FIELD_TEXT,
		.flags = FIELD_LISTED | CARRIED,
		.maximum = 200,
	},
	{
		.name = "direction",
		.label = "Direction",
		.type = FIELD_CHOICE,
		.flags = CARRIED,
		.choices = directions,
		.default_value = "outbound",
	},
	{
		.name = "outcome",
		.label = "Outcome",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = outcomes,
	},
	{
		.name = "duration_seconds",
		.label = "Duration in seconds",
		.type = FIELD_INTEGER,
		.flags = CARRIED,
		.maximum = 86400,
	},
	{
		.name = "occurred_at",
		.label = "When",
		.help = "Left empty: now.",
		.type = FIELD_INSTANT,
		.flags = FIELD_FILLED | FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_LISTED | CARRIED,
	},
	{
		.name = "body",
		.label = "Notes",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
	},
	{
		.name = "lead_id",
		.label = "Lead",
		.group = "With whom",
		REFERS_TO_LEAD,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "contact_id",
		.label = "Contact",
		REFERS_TO_CONTACT,
		.flags = FIELD_OWNING | FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "user_id",
		.label = "By",
		.help = "Left empty: you.",
		REFERS_TO_USER,
		.flags = FIELD_FILTERABLE | FIELD_LISTED | FIELD_EXPORTABLE,
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
	crm_fill_now(tx, kind, record, "occurred_at");
	crm_fill_actor(tx, kind, record, "user_id");
	return OK;
}

/* What came from the lead ends its cadences: who has answered needs no reminder. What we sent is an answer to the lead. */
static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *activity)
{
	static const char *const answers[] = {"call", "email", "sms"};
	struct str type = record_text(activity, "type"), lead_text = record_text(activity, "lead_id");
	struct uuid lead;
	int64_t at;

	if (kind != WRITE_CREATE || str_absent(lead_text) || !uuid_parse(lead_text, &lead))
		return OK;
	if (str_is(record_text(activity, "direction"), "inbound"))
		return cadence_stop(tx, lead, CADENCE_STOP_REPLY, NULL);
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		if (str_is(type, answers[i]) && clock_from_rfc3339(record_text(activity, "occurred_at"), &at))
			return response_given(tx, lead, answers[i], at);
	return OK;
}

const struct entity activity_entity = {
	.name = "activity",
	.plural = "activities",
	.label = "Activity",
	.label_plural = "Activities",
	.icon = "activity",
	.table = "activities",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "subject",
	.default_sort = "-occurred_at",
	.empty_hint = "Activities are the calls, mails and visits with a person. Log the next one from the lead: two "
		      "taps on a phone.",
	.trash = true,
	.title_instead = "type",
	.history = true,
	.before_write = before_write,
	.after_write = after_write,
};
