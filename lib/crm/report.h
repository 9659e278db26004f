/* Figures of the dashboard: how fast leads are answered, who waits, what is in the pipeline. Each is bounded, however many leads there are. */
#ifndef DEMAND_CRM_REPORT_H
#define DEMAND_CRM_REPORT_H

#include "lib/entity/entity.h"

#define REPORT_DAYS 30
#define REPORT_LEADS_MOST 20000 /* the newest of those days */
#define REPORT_GROUPS_MOST 20   /* sources and people: those with most leads */
#define QUICK_SECONDS 300

struct response_figures {
	struct str label;                                      /* of a source or person; absent: none was named */
	struct uuid user;                                      /* zero for a source */
	int64_t leads, answered, within_five_minutes, in_time; /* a person's leads are those they have answered */
	int64_t median_seconds;                                /* -1: nobody was answered */
};

struct response_report {
	struct response_figures all;
	const struct response_figures *by_source, *by_user;
	size_t source_count, user_count;
	bool is_capped; /* there were more than REPORT_LEADS_MOST */
};

struct waiting_lead {
	struct uuid id;
	struct str name, phone, urgency;
	int64_t due_at;
};
#define WAITING_MOST 5

struct pipeline_sum {
	int64_t leads, value_cents; /* of open stages, at most 5,000 leads of each */
};

/* Where the days of the report begin, in the zone of the request. */
int64_t report_since(struct arena *);
/* Sent together, then read. */
struct rows *report_response_send(struct ttx *, int64_t since);
enum err report_response(struct ttx *, struct rows *sent, struct response_report *out) MUST_CHECK;

struct report_sent {
	struct rows *waiting, *pipeline;
};
struct report_sent report_send(struct ttx *);
/* Open leads that nobody has answered yet, the most urgent first. *count: how many were read, at most WAITING_MOST. */
enum err report_waiting(const struct report_sent *, struct waiting_lead out[WAITING_MOST], size_t *count,
			bool *more) MUST_CHECK;
enum err report_pipeline(const struct report_sent *, struct pipeline_sum *out) MUST_CHECK;

#endif
