#include "lib/tenant/slug.h"
#include "lib/tenant/tenant_internal.h"

static const struct {
	const char *label;
	enum host_kind kind;
} platform_hosts[] = {
	{"www", HOST_APEX},
	{"app", HOST_APP},
	{"api", HOST_API},
	{"admin", HOST_ADMIN},
};

enum host_kind host_classify(const struct config *config, struct arena *arena, struct str host, struct str *label)
{
	struct str base = text_lower(arena, str_from(config->base_domain));
	struct str name = text_lower(arena, host);

	*label = STR_NONE;
	if (str_absent(name) || name.n > 253)
		return HOST_UNKNOWN;
	if (str_equal(name, base))
		return HOST_APEX;
	if (name.n < base.n + 2 || !str_ends(name, base) || name.p[name.n - base.n - 1] != '.')
		return HOST_UNKNOWN;
	name.n -= base.n + 1;
	for (size_t i = 0; i < COUNT_OF(platform_hosts); i++)
		if (str_is(name, platform_hosts[i].label))
			return platform_hosts[i].kind;
	/* A dot is no slug character, so two labels are never a tenant. */
	if (!slug_valid(name) || slug_reserved(name))
		return HOST_UNKNOWN;
	*label = name;
	return HOST_TENANT;
}
