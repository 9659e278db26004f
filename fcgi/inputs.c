#include "fcgi/inputs.h"

static const struct field workspace_fields[] = {
	{.name = "workspace",
	 .label = "Workspace",
	 .help = "The name in front of your address, such as acme-hvac.",
	 .type = FIELD_TEXT,
	 .flags = FIELD_REQUIRED,
	 .maximum = 200,
	 .autocomplete = "organization"},
};
const struct entity workspace_entity = {
	.name = "workspace",
	.plural = "workspaces",
	.label = "Workspace",
	.label_plural = "Workspaces",
	.fields = workspace_fields,
	.field_count = COUNT_OF(workspace_fields),
};
