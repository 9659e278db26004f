#include "lib/crm/report.h"

#include "lib/base/clock.h"
#include "lib/entity/local_time.h"

/* The three groupings in one pass over the days' leads. Those that nobody waited for, since they came out of old books, are none of them. */
STATEMENT(response_figures,
	  "SELECT grouping(f.source), grouping(f.first_response_by), f.source, f.first_response_by, min(u.label), "
	  "count(*),"
	  " count(f.first_response_at), count(*) FILTER (WHERE f.first_response_seconds <= 300),"
	  " count(*) FILTER (WHERE f.first_response_at <= f.response_due_at),"
	  " coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY f.first_response_seconds), -1)"
	  " FROM (SELECT l.source, l.first_response_by, l.first_response_at, l.first_response_seconds, "
	  "l.response_due_at FROM leads l"
	  " WHERE l.tenant_id = $1 AND l.created_at >= $2 AND l.response_due_at IS NOT NULL AND l.deleted_at IS NULL "
	  "ORDER BY l.created_at DESC LIMIT "
	  "20000) f"
	  " LEFT JOIN (SELECT id, coalesce(name, email) AS label FROM tenant_users WHERE tenant_id = $1) u ON u.id = "
	  "f.first_response_by"
	  " GROUP BY GROUPING SETS ((), (f.source), (f.first_response_by)) ORDER BY 1 DESC, 2 DESC, 6 DESC LIMIT 200");
STATEMENT(
	waiting_leads,
	"SELECT id, name, phone, urgency, response_due_at FROM leads WHERE tenant_id = $1 AND first_response_at IS NULL"
	" AND response_due_at IS NOT NULL AND deleted_at IS NULL AND status NOT IN ('won', 'lost')"
	" ORDER BY response_due_at, id LIMIT 6");
STATEMENT(open_pipeline, "SELECT coalesce(sum(v.leads), 0)::bigint, coalesce(sum(v.cents), 0)::bigint FROM "
			 "pipeline_stages s CROSS JOIN LATERAL"
			 " (SELECT count(*) AS leads, sum(x.value_cents) AS cents FROM (SELECT l.value_cents FROM "
			 "leads l WHERE l.tenant_id = $1"
			 " AND l.stage_id = s.id AND l.deleted_at IS NULL LIMIT 5000) x) v"
			 " WHERE s.tenant_id = $1 AND s.kind = 'open' AND s.deleted_at IS NULL");

int64_t report_since(struct arena *arena)
{
	int64_t now = clock_now(), since;

	return local_day_start(local_day(arena, now), -REPORT_DAYS, &since)
		       ? since
		       : now - REPORT_DAYS * INT64_C(86400) * MICROSECONDS_PER_SECOND;
}

struct rows *report_response_send(struct ttx *tx, int64_t since)
{
	return ttx_send(tx, &response_figures, ARGS(arg_instant(ttx_arena(tx), since)));
}

struct report_sent report_send(struct ttx *tx)
{
	return (struct report_sent){.waiting = ttx_send(tx, &waiting_leads, NO_ARGS),
				    .pipeline = ttx_send(tx, &open_pipeline, NO_ARGS)};
}

static struct response_figures read_figures(const struct rows *row)
{
	return (struct response_figures){
		.label = STR_NONE,
		.leads = rows_int(row, 5),
		.answered = rows_int(row, 6),
		.within_five_minutes = rows_int(row, 7),
		.in_time = rows_int(row, 8),
		.median_seconds = rows_int(row, 9),
	};
}

enum err report_response(struct ttx *tx, struct rows *rows, struct response_report *out)
{
	struct arena *arena = ttx_arena(tx);
	struct response_figures *sources = arena_array(arena, REPORT_GROUPS_MOST, sizeof *sources);
	struct response_figures *users = arena_array(arena, REPORT_GROUPS_MOST, sizeof *users);
	enum err err = rows_wait(rows);

	*out = (struct response_report){.all.median_seconds = -1, .by_source = sources, .by_user = users};
	while (err == OK && rows_next(rows)) {
		bool all_sources = rows_int(rows, 0) != 0, all_users = rows_int(rows, 1) != 0;
		struct response_figures figures = read_figures(rows);

		if (all_sources && all_users) {
			out->all = figures;
		} else if (all_users && out->source_count < REPORT_GROUPS_MOST) {
			figures.label = rows_str(rows, 2);
			sources[out->source_count++] = figures;
		} else if (all_sources && !rows_null(rows, 3) && out->user_count < REPORT_GROUPS_MOST) {
			figures.user = rows_uuid(rows, 3);
			figures.label = rows_str(rows, 4);
			users[out->user_count++] = figures;
		}
	}
	out->is_capped = out->all.leads >= REPORT_LEADS_MOST;
	return err;
}

enum err report_waiting(const struct report_sent *sent, struct waiting_lead out[WAITING_MOST], size_t *count,
			bool *more)
{
	struct rows *rows = sent->waiting;
	enum err err = rows_wait(rows);

	*count = 0;
	while (err == OK && *count < WAITING_MOST && rows_next(rows))
		out[(*count)++] = (struct waiting_lead){rows_uuid(rows, 0), rows_str(rows, 1), rows_str(rows, 2),
							rows_str(rows, 3), rows_instant(rows, 4)};
	*more = err == OK && rows_count(rows) > WAITING_MOST;
	return err;
}

enum err report_pipeline(const struct report_sent *sent, struct pipeline_sum *out)
{
	enum err err = rows_wait(sent->pipeline);

	if (err == OK && rows_next(sent->pipeline))
		*out = (struct pipeline_sum){rows_int(sent->pipeline, 0), rows_int(sent->pipeline, 1)};
	return err;
}
