#include "lib/crm/web_form.h"

#include "lib/crm/shared.h"

/* clang-format off */
static const struct choice asking[] = {
	{"off", "Not asked", NULL},
	{"optional", "May be left empty", NULL},
	{"required", "Must be filled in", NULL},
	{NULL, NULL, NULL},
};
/* clang-format on */

#define ASKS(field_name, field_label, usually)                                                                         \
	.name = field_name, .label = field_label, .type = FIELD_CHOICE, .flags = CARRIED, .choices = asking,           \
	.default_value = usually

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.help = "What you call the form; visitors do not see it.",
		.group = "Form",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 100,
	},
	{
		.name = "heading",
		.label = "Heading",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 120,
		.default_value = "How can we help?",
	},
	{
		.name = "introduction",
		.label = "Introduction",
		.help = "A few words above the form.",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 1000,
	},
	{
		.name = "button",
		.label = "Words on the button",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 40,
		.default_value = "Send",
	},
	{
		ASKS("ask_phone", "Phone", "optional"),
		.group = "What it asks, beside the name",
		.help = "Who fills in the form gives a phone number or an e-mail address, whichever of the two you ask "
			"for.",
	},
	{ASKS("ask_email", "E-mail", "optional")},
	{ASKS("ask_address", "Street address", "optional")},
	{ASKS("ask_zip", "ZIP code", "optional")},
	{ASKS("ask_trade", "Trade", "off")},
	{ASKS("ask_urgency", "Urgency", "off")},
	{ASKS("ask_notes", "Message", "optional")},
	{
		.name = "consent_text",
		.label = "Words of the consent",
		.help = "With words here the form shows a box to tick, which may be left empty. The lead keeps the "
			"words that were agreed to, and when.",
		.group = "Consent to text messages",
		.type = FIELD_LONG_TEXT,
		.flags = CARRIED,
		.maximum = 2000,
	},
	{
		.name = "thanks",
		.label = "Thank-you",
		.help = "What is read after sending.",
		.group = "Afterwards",
		.type = FIELD_LONG_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 1000,
		.default_value = "Thank you. We will be in touch soon.",
	},
	{
		.name = "thanks_url",
		.label = "Thank-you page",
		.help = "A page of your own that is shown instead.",
		.type = FIELD_URL,
		.flags = CARRIED,
	},
	{
		.name = "source",
		.label = "Source of the leads",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | CARRIED,
		.maximum = 100,
		.default_value = "website",
	},
	{
		.name = "owner_id",
		.label = "Owner of the leads",
		.help = "Who looks after them. A customer you know stays with whoever looks after them already.",
		REFERS_TO_USER,
		.flags = FIELD_LISTED | FIELD_EXPORTABLE,
	},
	{
		.name = "is_active",
		.label = "Open",
		.help = "A closed form says so and takes nothing.",
		.type = FIELD_BOOL,
		.flags = FIELD_LISTED | CARRIED,
		.default_value = "t",
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

/* What holds after the write: as sent, or as it was. */
static bool asks(const struct record *record, const char *field)
{
	const struct record *before = record_before(record);
	struct str value = record_text(record, field);

	if (str_absent(value) && before)
		value = record_text(before, field);
	return !str_is(value, "off");
}

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	(void)tx;
	if (kind == WRITE_DELETE || kind == WRITE_RESTORE || asks(record, "ask_phone") || asks(record, "ask_email"))
		return OK;
	errors_add(errors, "ask_email", "required", "Ask for a phone number or an e-mail address: you want to answer.");
	return E_INVALID;
}

const struct entity web_form_entity = {
	.name = "web_form",
	.plural = "web_forms",
	.label = "Web form",
	.label_plural = "Web forms",
	.icon = "forms",
	.table = "web_forms",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "name",
	.empty_hint = "A web form turns visitors of your website into leads, with the advertisement they came by. Make "
		      "one and paste two lines into your site.",
	.trash = true,
	.history = true,
	.before_write = before_write,
};
