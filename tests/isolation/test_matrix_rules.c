/*
 * Who may ask what, once more and independently of the route table: whoever drops a permission, a credential or a rate class there has to do it here as
 * well. The first row that fits counts; the last rows say what a record's own routes are. A route may not ask for less than its row.
 */
#include "tests/isolation/matrix.h"

#include <fnmatch.h>

#define GETS (1u << METHOD_GET)
#define CHANGES (1u << METHOD_POST | 1u << METHOD_PATCH | 1u << METHOD_PUT | 1u << METHOD_DELETE)
#define ALL (GETS | CHANGES)
#define PLATFORM (ON_APEX | ON_APP | ON_API | ON_ADMIN)

/* clang-format off */
static const struct rule rules[] = {
	/* methods, path, hosts, who, least role, rate */

	/* what everybody may ask */
	{GETS, "/health", ON_ANY, WHO_ANYONE, 0, RATE_FREE},
	{GETS, "/ready", ON_ANY, WHO_ANYONE, 0, RATE_FREE},
	{GETS, "/logo", ON_TENANT, WHO_ANYONE, 0, RATE_FREE},
	{GETS, "/openapi.json", ON_ANY, WHO_ANYONE, 0, RATE_READ},
	{GETS, "/docs", ON_ANY, WHO_ANYONE, 0, RATE_READ},
	{GETS, "/", PLATFORM, WHO_ANYONE, 0, RATE_READ},
	{GETS, "/login", ON_ANY, WHO_ANYONE, 0, RATE_READ},
	{CHANGES, "/login", ON_ANY, WHO_ANYONE, 0, RATE_LOGIN},
	{CHANGES, "/api/auth/login", ON_TENANT, WHO_ANYONE, 0, RATE_LOGIN},
	{GETS, "/handover", ON_TENANT, WHO_ANYONE, 0, RATE_LOGIN},
	{ALL, "/password", ON_TENANT, WHO_ANYONE, 0, RATE_LOGIN},
	{GETS, "/onboarding*", ON_APP, WHO_ANYONE, 0, RATE_READ},
	{CHANGES, "/onboarding/*", ON_APP, WHO_ANYONE, 0, RATE_SIGNUP},
	{GETS, "/f/{id}", ON_TENANT, WHO_STRANGER, 0, RATE_READ},
	{CHANGES, "/f/{id}", ON_TENANT, WHO_STRANGER, 0, RATE_READ},
	{GETS, "/api/onboarding/*", PLATFORM, WHO_ANYONE, 0, RATE_READ},

	/* operators */
	{GETS, "/api/admin/*", ON_ADMIN, WHO_OPERATOR, 0, RATE_READ},
	{CHANGES, "/api/admin/*", ON_ADMIN, WHO_OPERATOR, 0, RATE_WRITE},

	/* each person's own session */
	{CHANGES, "/logout", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_WRITE},
	{CHANGES, "/shortcuts", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_WRITE},
	{CHANGES, "/api/auth/logout", ON_ANY, WHO_SESSION, ROLE_VIEWER, RATE_WRITE},
	{CHANGES, "/account/password", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_LOGIN},
	{CHANGES, "/api/account/password", ON_ANY, WHO_SESSION, ROLE_VIEWER, RATE_LOGIN},
	{GETS, "/account", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_READ},
	{CHANGES, "/account", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_WRITE},
	{GETS, "/api/account", ON_ANY, WHO_SESSION, ROLE_VIEWER, RATE_READ},
	{CHANGES, "/api/account", ON_ANY, WHO_SESSION, ROLE_VIEWER, RATE_WRITE},

	/* keys are made by people; people and settings are for admins */
	{GETS, "/api/api-keys*", ON_ANY, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/api/api-keys*", ON_ANY, WHO_SESSION, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/api/users*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/api/users*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/settings", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_READ},
	{GETS, "/settings/response", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_READ},
	{CHANGES, "/api/settings/*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/settings/data", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{GETS, "/settings/data/*", ON_TENANT, WHO_SESSION, ROLE_OWNER, RATE_READ},
	{CHANGES, "/settings/data*", ON_TENANT, WHO_SESSION, ROLE_OWNER, RATE_WRITE},
	{GETS, "/api/archives*", ON_ANY, WHO_SESSION, ROLE_OWNER, RATE_READ},
	{CHANGES, "/api/archives*", ON_ANY, WHO_SESSION, ROLE_OWNER, RATE_WRITE},
	{GETS, "/settings/*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/settings*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_WRITE},

	/* what a whole company works by is shown to all and changed by admins */
#define BY_ADMINS(plural) \
	{CHANGES, "/api/" plural "*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_WRITE}, \
	{CHANGES, "/" plural "*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_WRITE}, \
	{GETS, "/" plural "/*new", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ}, \
	{GETS, "/" plural "/*edit", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ}, \
	{GETS, "/" plural "/*delete", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ}
	BY_ADMINS("pipeline_stages"),
	BY_ADMINS("tags"),
	BY_ADMINS("cadences"),
	BY_ADMINS("cadence_steps"),
	BY_ADMINS("custom_fields"),
	BY_ADMINS("web_forms"),

	{GETS, "/api/imports*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/api/imports*", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/imports*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/imports*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/api/sample-data", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/api/sample-data", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/sample-data", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/sample-data*", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_WRITE},

	/* what is gone for good is for admins; many rows at once as one */
	{GETS, "/*/erase", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_READ},
	{CHANGES, "/*/erase", ON_TENANT, WHO_SESSION, ROLE_ADMIN, RATE_WRITE},
	{GETS, "/*/bulk", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},

	/* a merge puts one of two into the trash */
	{GETS, "/*/merge", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},

	/* a list as a file is for those who work with it; who took one is for admins */
	{GETS, "/api/exports", ON_ANY, WHO_MEMBER, ROLE_ADMIN, RATE_READ},
	{GETS, "/api/*/export", ON_ANY, WHO_MEMBER, ROLE_MEMBER, RATE_READ},
	{GETS, "/*/export", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},

	/* records: viewers read, members write */
	{GETS, "/api/*", ON_ANY, WHO_MEMBER, ROLE_VIEWER, RATE_READ},
	{CHANGES, "/api/*", ON_ANY, WHO_MEMBER, ROLE_MEMBER, RATE_WRITE},
	{GETS, "/*/new", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},
	{GETS, "/*/edit", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},
	{GETS, "/*/delete", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},
	{GETS, "/*/move", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},
	{GETS, "/*/convert", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_READ},
	{GETS, "/*", ON_TENANT, WHO_SESSION, ROLE_VIEWER, RATE_READ},
	{CHANGES, "/*", ON_TENANT, WHO_SESSION, ROLE_MEMBER, RATE_WRITE},
};
/* clang-format on */

const struct rule *rule_of(const struct route *route)
{
	for (size_t i = 0; i < COUNT_OF(rules); i++)
		if ((rules[i].methods & (1u << route->method)) && !(route->hosts & ~rules[i].hosts) &&
		    fnmatch(rules[i].path, route->path, 0) == 0)
			return &rules[i];
	return NULL;
}
