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

/* ---- what follows for the lead ---- */

static bool is_one_of(const struct record *activity, const char *field, const char *const *values)
{
	for (; *values; values++)
		if (str_is(record_text(activity, field), *values))
			return true;
	return false;
}

static bool is_inbound(const struct record *activity)
{
	return str_is(record_text(activity, "direction"), "inbound");
}

/* They talked to us, whoever dialled. */
static bool is_talk(const struct record *activity)
{
	static const char *const talks[] = {"answered", "booked", "not_interested", NULL};

	return is_one_of(activity, "outcome", talks);
}

/* Whoever has written, called or talked to us needs no reminder. */
static bool is_heard_from(const struct record *activity)
{
	return is_inbound(activity) || is_talk(activity);
}

static bool is_response(const struct record *activity)
{
	static const char *const responses[] = {"call", "email", "sms", NULL};

	return is_one_of(activity, "type", responses) && (!is_inbound(activity) || is_talk(activity));
}

STATEMENT(open_lead_of_contact,
	  "SELECT o.id FROM (SELECT l.id, l.created_at FROM leads l WHERE l.tenant_id = $1 AND l.contact_id = $2"
	  " AND l.deleted_at IS NULL AND l.status NOT IN ('won', 'lost')"
	  " UNION SELECT l.id, l.created_at FROM contacts c JOIN leads l ON l.tenant_id = $1 AND l.id = c.lead_id"
	  " WHERE c.tenant_id = $1 AND c.id = $2 AND l.deleted_at IS NULL AND l.status NOT IN ('won', 'lost')) o"
	  " ORDER BY o.created_at DESC, o.id DESC LIMIT 1");

/* The lead it is about: the one it names, else the newest of its contact that is still open; zero for none. */
static enum err lead_of(struct ttx *tx, const struct record *activity, struct uuid *lead)
{
	struct str named = record_text(activity, "lead_id"), contact = record_text(activity, "contact_id");
	struct rows *rows;
	enum err err;

	*lead = uuid_zero();
	if (!str_absent(named))
		return uuid_parse(named, lead) ? OK : E_INTERNAL;
	if (str_absent(contact))
		return OK;
	err = ttx_rows(tx, &open_lead_of_contact, ARGS(arg_str(contact)), &rows);
	if (err == OK && rows_next(rows))
		*lead = rows_uuid(rows, 0);
	return err;
}

/* An outcome that is written down later counts when it is. */
static enum err after_write(struct ttx *tx, enum write_kind kind, const struct record *activity)
{
	const struct record *before = kind == WRITE_UPDATE ? record_before(activity) : NULL;
	bool heard = is_heard_from(activity) && !(before && is_heard_from(before));
	bool response = is_response(activity) && !(before && is_response(before));
	struct uuid lead;
	enum err err;
	int64_t at;

	if ((kind != WRITE_CREATE && kind != WRITE_UPDATE) || (!heard && !response))
		return OK;
	err = lead_of(tx, activity, &lead);
	if (err || uuid_is_zero(lead))
		return err;
	if (heard)
		err = cadence_stop(tx, lead, CADENCE_STOP_REPLY, NULL);
	if (err == OK && response && clock_from_rfc3339(record_text(activity, "occurred_at"), &at))
		err = response_given(tx, lead, arena_c_string(ttx_arena(tx), record_text(activity, "type")), at);
	return err;
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
