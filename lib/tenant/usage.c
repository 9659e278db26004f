#include <time.h>

#include "lib/pg/scope_internal.h"
#include "lib/tenant/tenant_internal.h"
#include "lib/tenant/usage.h"

/* The database decides: of any number of parallel claims only as many pass as there are places. */
STATEMENT(claim_lead, "UPDATE tenants SET current_lead_count = current_lead_count + 1"
		      " WHERE tenant_id = $1 AND (max_leads IS NULL OR current_lead_count < max_leads)");
STATEMENT(claim_user, "UPDATE tenants SET current_user_count = current_user_count + 1"
		      " WHERE tenant_id = $1 AND (max_users IS NULL OR current_user_count < max_users)");
STATEMENT(claim_scraper, "UPDATE tenants SET current_scraper_count = current_scraper_count + 1"
			 " WHERE tenant_id = $1 AND (max_scrapers IS NULL OR current_scraper_count < max_scrapers)");
STATEMENT(lock_leads, "SELECT max_leads - current_lead_count FROM tenants WHERE tenant_id = $1 FOR NO KEY UPDATE");
STATEMENT(lock_users, "SELECT max_users - current_user_count FROM tenants WHERE tenant_id = $1 FOR NO KEY UPDATE");
STATEMENT(lock_scrapers,
	  "SELECT max_scrapers - current_scraper_count FROM tenants WHERE tenant_id = $1 FOR NO KEY UPDATE");
STATEMENT(take_leads, "UPDATE tenants SET current_lead_count = current_lead_count + $2::integer WHERE tenant_id = $1");
STATEMENT(take_users, "UPDATE tenants SET current_user_count = current_user_count + $2::integer WHERE tenant_id = $1");
STATEMENT(take_scrapers,
	  "UPDATE tenants SET current_scraper_count = current_scraper_count + $2::integer WHERE tenant_id = $1");
STATEMENT(release_leads,
	  "UPDATE tenants SET current_lead_count = greatest(current_lead_count - $2::integer, 0) WHERE tenant_id = $1");
STATEMENT(release_users,
	  "UPDATE tenants SET current_user_count = greatest(current_user_count - $2::integer, 0) WHERE tenant_id = $1");
STATEMENT(release_scrapers, "UPDATE tenants SET current_scraper_count = greatest(current_scraper_count - $2::integer, "
			    "0) WHERE tenant_id = $1");
STATEMENT(read_usage,
	  "SELECT t.current_lead_count, t.current_user_count, t.current_scraper_count, t.max_leads, t.max_users, "
	  "t.max_scrapers,"
	  " coalesce((SELECT u.metric_value FROM tenant_usage u WHERE u.tenant_id = $1 AND u.metric_name = 'api_calls'"
	  " AND u.period_start = $2), 0),"
	  " coalesce((SELECT u.metric_value FROM tenant_usage u WHERE u.tenant_id = $1 AND u.metric_name = "
	  "'leads_created'"
	  " AND u.period_start = $2), 0)"
	  " FROM tenants t WHERE t.tenant_id = $1");
STATEMENT(add_usage, "INSERT INTO tenant_usage (tenant_id, id, metric_name, metric_value, period_start, period_end) "
		     "VALUES ($1, $2, $3, $4, $5, $6)"
		     " ON CONFLICT (tenant_id, metric_name, period_start)"
		     " DO UPDATE SET metric_value = tenant_usage.metric_value + excluded.metric_value");

static const struct {
	const struct statement *claim, *lock, *take, *release;
	int count_column, most_column; /* of read_usage */
	const char *metric;            /* counted each month; NULL: not */
} limits[] = {
	[LIMIT_LEADS] = {&claim_lead, &lock_leads, &take_leads, &release_leads, 0, 3, "leads_created"},
	[LIMIT_USERS] = {&claim_user, &lock_users, &take_users, &release_users, 1, 4, NULL},
	[LIMIT_SCRAPERS] = {&claim_scraper, &lock_scrapers, &take_scrapers, &release_scrapers, 2, 5, NULL},
};

void month_of(struct arena *arena, int64_t instant, struct str *first_day, struct str *last_day)
{
	time_t seconds = (time_t)(instant / MICROSECONDS_PER_SECOND);
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct tm tm;
	int year, days;

	gmtime_r(&seconds, &tm);
	year = tm.tm_year + 1900;
	days = lengths[tm.tm_mon];
	if (tm.tm_mon == 1 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		days++;
	*first_day = arena_printf(arena, "%04d-%02d-01", year, tm.tm_mon + 1);
	*last_day = arena_printf(arena, "%04d-%02d-%02d", year, tm.tm_mon + 1, days);
}

static enum err count_usage(struct ttx *tx, const char *metric, int64_t count)
{
	struct arena *arena = ttx_arena(tx);
	struct str first_day, last_day;

	month_of(arena, clock_now(), &first_day, &last_day);
	return ttx_exec(tx, &add_usage,
			ARGS(arg_uuid(arena, uuid_new()), arg_text(metric), arg_int(arena, count), arg_str(first_day),
			     arg_str(last_day)),
			NULL);
}

static struct str with_thousands(struct arena *arena, int64_t number)
{
	return number < 1000
		       ? arena_printf(arena, "%lld", (long long)number)
		       : arena_printf(arena, "%lld,%03lld", (long long)(number / 1000), (long long)(number % 1000));
}

enum err usage_refuse(struct ttx *tx, enum plan_limit limit, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	const char *label = plan_limit_label(limit);
	struct str first_day, last_day, number, lifted;
	const struct plan *plan;
	struct rows *row;
	int64_t most;
	enum err err;

	month_of(arena, clock_now(), &first_day, &last_day);
	err = ttx_one(tx, &read_usage, ARGS(arg_str(first_day)), &row);
	if (err)
		return err;
	most = rows_int(row, limits[limit].most_column);
	number = with_thousands(arena, most);
	plan = plan_that_lifts(limit, most);
	lifted = STR("has no limit");
	if (plan) {
		int64_t next = limit == LIMIT_LEADS   ? plan->max_leads
			       : limit == LIMIT_USERS ? plan->max_users
						      : plan->max_scrapers;

		if (next)
			lifted = arena_printf(arena, "allows %.*s", STR_FMT_ARG(with_thousands(arena, next)));
		errors_add(errors, NULL, "plan_limit",
			   "Your plan allows %.*s %s and all of them are in use. The %s plan %.*s.",
			   STR_FMT_ARG(number), label, plan->label, STR_FMT_ARG(lifted));
	} else {
		errors_add(errors, NULL, "plan_limit", "Your plan allows %.*s %s and all of them are in use.",
			   STR_FMT_ARG(number), label);
	}
	return E_LIMIT;
}

enum err usage_claim(struct ttx *tx, enum plan_limit limit, struct errors *errors)
{
	int64_t affected;
	enum err err = ttx_exec(tx, limits[limit].claim, NO_ARGS, &affected);

	if (err)
		return err;
	if (affected == 0)
		return usage_refuse(tx, limit, errors);
	return limits[limit].metric ? count_usage(tx, limits[limit].metric, 1) : OK;
}

enum err usage_claim_many(struct ttx *tx, enum plan_limit limit, int64_t wanted, int64_t *claimed)
{
	struct argument count;
	struct rows *row;
	enum err err = wanted > 0 ? ttx_one(tx, limits[limit].lock, NO_ARGS, &row) : OK;

	*claimed = 0;
	if (err || wanted <= 0)
		return err;
	if (rows_null(row, 0) || rows_int(row, 0) > wanted)
		*claimed = wanted;
	else if (rows_int(row, 0) > 0)
		*claimed = rows_int(row, 0);
	if (*claimed == 0)
		return OK;
	count = arg_int(ttx_arena(tx), *claimed);
	err = ttx_exec(tx, limits[limit].take, ARGS(count), NULL);
	return err || !limits[limit].metric ? err : count_usage(tx, limits[limit].metric, *claimed);
}

enum err usage_release(struct ttx *tx, enum plan_limit limit, int64_t count)
{
	return ttx_exec(tx, limits[limit].release, ARGS(arg_int(ttx_arena(tx), count)), NULL);
}

enum err usage_uncount(struct ttx *tx, enum plan_limit limit, int64_t count)
{
	return limits[limit].metric ? count_usage(tx, limits[limit].metric, -count) : OK;
}

enum err usage_read(struct ttx *tx, struct usage *out)
{
	struct rows *row;
	enum err err;

	*out = (struct usage){0};
	month_of(ttx_arena(tx), clock_now(), &out->period_start, &out->period_end);
	err = ttx_one(tx, &read_usage, ARGS(arg_str(out->period_start)), &row);
	if (err)
		return err;
	out->leads = rows_int(row, 0);
	out->users = rows_int(row, 1);
	out->scrapers = rows_int(row, 2);
	out->max_leads = rows_int(row, 3);
	out->max_users = rows_int(row, 4);
	out->max_scrapers = rows_int(row, 5);
	out->api_calls = rows_int(row, 6);
	out->leads_created = rows_int(row, 7);
	return OK;
}

enum err usage_add_api_calls(struct pg *pg, struct arena *arena, struct uuid tenant, int64_t count)
{
	struct scope *scope = ARENA_NEW(arena, struct scope);
	struct ttx *tx;
	enum err err;

	*scope = scope_of(tenant);
	tx = ttx_begin(pg, arena, scope, TX_WRITE);
	err = count_usage(tx, "api_calls", count);
	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return ttx_commit(tx);
}
