#include "lib/tenant/tenant_internal.h"

static const char *const status_names[] = {
	[TENANT_TRIAL] = "trial",
	[TENANT_ACTIVE] = "active",
	[TENANT_SUSPENDED] = "suspended",
	[TENANT_CANCELLED] = "cancelled",
};

const char *tenant_status_name(enum tenant_status status)
{
	return status_names[status];
}

bool tenant_status_find(struct str name, enum tenant_status *out)
{
	for (size_t i = TENANT_TRIAL; i < COUNT_OF(status_names); i++)
		if (str_is(name, status_names[i])) {
			*out = (enum tenant_status)i;
			return true;
		}
	return false;
}

enum tenant_access tenant_access(const struct tenant *tenant, int64_t now)
{
	switch (tenant->status) {
	case TENANT_ACTIVE:
		return ACCESS_FULL;
	case TENANT_TRIAL:
		return tenant->trial_ends_at != 0 && tenant->trial_ends_at <= now ? ACCESS_READ_ONLY : ACCESS_FULL;
	case TENANT_SUSPENDED:
	case TENANT_CANCELLED:
		return ACCESS_NOTICE;
	}
	return ACCESS_NOTICE;
}

struct str text_lower(struct arena *arena, struct str text)
{
	char *copy = arena_c_string(arena, text);

	for (size_t i = 0; i < text.n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + ('a' - 'A'));
	return str_absent(text) ? STR_NONE : (struct str){copy, text.n};
}

enum err tenant_changed(struct ttx *tx)
{
	return ttx_notify(tx, TENANT_CHANNEL, uuid_text(ttx_arena(tx), scope_tenant(ttx_scope(tx))));
}

enum err tenant_changed_by_system(struct stx *tx, struct uuid tenant)
{
	return stx_notify(tx, TENANT_CHANNEL, uuid_text(stx_arena(tx), tenant));
}
