#include "fcgi/usage_flush.h"
#include "fcgi/shared.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/tenant/usage.h"

void usage_count(const struct app *app, struct arena *arena, const struct tenant *tenant)
{
	if (!shared_count_call(app->shared, tenant->id) && usage_add_api_calls(app->app_pg, arena, tenant->id, 1) != OK)
		log_event(LOG_WARNING, "usage", "an API call was not counted");
}

void usage_flush(const struct app *app, struct arena *arena, bool now)
{
	size_t cursor = 0;
	struct uuid tenant;
	int64_t count;

	if (!shared_flush_due(app->shared, clock_monotonic(), now ? 0 : USAGE_FLUSH_SECONDS * MICROSECONDS_PER_SECOND))
		return;
	while (shared_take_calls(app->shared, &cursor, &tenant, &count)) {
		if (usage_add_api_calls(app->app_pg, arena, tenant, count) == OK)
			continue;
		/* The database is away: the calls wait for the next time. */
		shared_return_calls(app->shared, cursor, count);
		return;
	}
}
