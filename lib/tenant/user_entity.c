#include "lib/tenant/password.h"
#include "lib/tenant/profile.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/tenant/user.h"

static const struct choice role_choices[] = {
	{"owner", "Owner", "purple"},      {"admin", "Admin", "blue"}, {"member", "Member", "green"},
	{"viewer", "Viewer", "secondary"}, {NULL, NULL, NULL},
};

static const struct field user_fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Person",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED,
		.minimum = 1,
		.maximum = 200,
		.autocomplete = "off",
	},
	{
		.name = "email",
		.label = "E-mail",
		.help = "What the person logs in with.",
		.type = FIELD_EMAIL,
		.flags = FIELD_REQUIRED | FIELD_CREATE_ONLY | FIELD_LISTED,
		.maximum = 254,
		.autocomplete = "off",
	},
	{.name = "phone", .label = "Phone", .type = FIELD_PHONE, .autocomplete = "off"},
	{
		.name = "time_zone",
		.label = "Time zone",
		.help = "Where the person works. Left empty: the company's.",
		.type = FIELD_CHOICE,
		.choices = time_zone_choices,
		.autocomplete = "off",
	},
	{
		.name = "role",
		.label = "Role",
		.help = "Viewers read, members work with leads, admins also manage people and keys, owners everything.",
		.group = "Access",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED | FIELD_FILTERABLE | FIELD_LISTED,
		.choices = role_choices,
		.default_value = "member",
	},
	{
		.name = "password",
		.label = "First password",
		.help = "At least 12 characters. Tell it to the person; they log in with it on this address.",
		.type = FIELD_PASSWORD,
		.flags = FIELD_CREATE_ONLY | FIELD_WRITE_ONLY,
		.minimum = PASSWORD_LEAST_CODE_POINTS,
		.maximum = PASSWORD_MOST_CODE_POINTS,
		.autocomplete = "new-password",
	},
	{
		.name = "is_active",
		.label = "Active",
		.help = "An inactive user cannot log in and does not count against the plan.",
		.type = FIELD_BOOL,
		.flags = FIELD_FILTERABLE | FIELD_LISTED,
		.default_value = "t",
	},
	{.name = "last_login_at",
	 .label = "Last log-in",
	 .group = "History",
	 .type = FIELD_INSTANT,
	 .flags = FIELD_READ_ONLY | FIELD_LISTED},
	{.name = "created_at", .label = "Added", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY | FIELD_SORTABLE},
	{.name = "email_norm",
	 .label = "E-mail, lower case",
	 .type = FIELD_TEXT,
	 .flags = FIELD_INTERNAL,
	 .maximum = 254},
	{.name = "password_hash",
	 .label = "Password hash",
	 .type = FIELD_TEXT,
	 .flags = FIELD_INTERNAL,
	 .maximum = 128},
};

/* user.c sets email_norm on both ways in; a write that came past it has none. */
static enum err refuse_foreign_writes(struct ttx *tx, enum write_kind kind, struct record *record,
				      struct errors *errors)
{
	(void)tx;
	(void)errors;
	if (kind == WRITE_DELETE || !record_given(record, entity_field(&user_entity, STR("email_norm"))))
		return E_INTERNAL;
	return OK;
}

const struct entity user_entity = {
	.name = "user",
	.plural = "users",
	.label = "User",
	.label_plural = "Users",
	.icon = "users",
	.table = "tenant_users",
	.fields = user_fields,
	.field_count = COUNT_OF(user_fields),
	.title_field = "name",
	.default_sort = "created_at",
	.empty_hint = "Add the people who answer the phone.",
	.before_write = refuse_foreign_writes,
};

/* ---- what is a person's own ---- */

static const struct field account_fields[] = {
	{
		.name = "name",
		.label = "Name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.minimum = 1,
		.maximum = 200,
		.autocomplete = "name",
	},
	{.name = "email", .label = "E-mail", .type = FIELD_EMAIL, .flags = FIELD_READ_ONLY, .maximum = 254},
	{.name = "phone", .label = "Phone", .type = FIELD_PHONE, .autocomplete = "tel"},
	{
		.name = "time_zone",
		.label = "Time zone",
		.help = "Where you work: times are shown and typed in it. Left empty: the company's.",
		.type = FIELD_CHOICE,
		.choices = time_zone_choices,
	},
	{.name = "role", .label = "Role", .type = FIELD_CHOICE, .flags = FIELD_READ_ONLY, .choices = role_choices},
	{.name = "last_login_at", .label = "Last log-in", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY},
	{.name = "created_at", .label = "Added", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY | FIELD_SORTABLE},
};

static enum err refuse_all_but_changes(struct ttx *tx, enum write_kind kind, struct record *record,
				       struct errors *errors)
{
	(void)tx;
	(void)record;
	(void)errors;
	return kind == WRITE_UPDATE ? OK : E_INTERNAL;
}

const struct entity account_entity = {
	.name = "account",
	.plural = "accounts",
	.label = "Account",
	.label_plural = "Accounts",
	.icon = "user-check",
	.table = "tenant_users",
	.fields = account_fields,
	.field_count = COUNT_OF(account_fields),
	.title_field = "name",
	.default_sort = "created_at",
	.visible = "id = @me",
	.before_write = refuse_all_but_changes,
};

static const struct field password_change_fields[] = {
	{
		.name = "current_password",
		.label = "Current password",
		.type = FIELD_PASSWORD,
		.flags = FIELD_REQUIRED | FIELD_WRITE_ONLY,
		.minimum = 1,
		.maximum = PASSWORD_MOST_CODE_POINTS,
		.autocomplete = "current-password",
	},
	PASSWORD_FIELD("New password"),
};
const struct entity password_change_entity = {
	.name = "password change",
	.plural = "password changes",
	.label = "Password",
	.label_plural = "Passwords",
	.fields = password_change_fields,
	.field_count = COUNT_OF(password_change_fields),
};
