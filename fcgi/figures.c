#include "fcgi/figures.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"

#define PLACES 128 /* companies with a report; each takes a few kilobytes at most */

struct figures {
	struct kept {
		struct uuid tenant;
		int64_t since, as_of;
		struct response_report report;
		void *memory; /* of the report's groups and their labels, in one piece; NULL: nothing is kept */
	} kept[PLACES];
};

struct figures *figures_new(void)
{
	return calloc(1, sizeof(struct figures));
}

void figures_free(struct figures *figures)
{
	for (size_t i = 0; figures && i < PLACES; i++)
		free(figures->kept[i].memory);
	free(figures);
}

/* The end of an id is random. */
static size_t place_of(struct uuid tenant)
{
	return (tenant.bytes[14] | (size_t)tenant.bytes[15] << 8) % PLACES;
}

const struct response_report *figures_find(const struct figures *figures, struct uuid tenant, int64_t since,
					   int64_t now, int64_t *as_of)
{
	const struct kept *kept = figures ? &figures->kept[place_of(tenant)] : NULL;

	if (!kept || !kept->memory || !uuid_equal(kept->tenant, tenant) || kept->since != since || now < kept->as_of ||
	    now - kept->as_of >= FIGURES_SECONDS * MICROSECONDS_PER_SECOND)
		return NULL;
	*as_of = kept->as_of;
	return &kept->report;
}

static size_t labels_length(const struct response_figures *groups, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		length += groups[i].label.n;
	return length;
}

static char *copy_groups(const struct response_figures *from, size_t count, struct response_figures *to, char *labels)
{
	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		if (str_absent(from[i].label))
			continue;
		to[i].label = (struct str){labels, from[i].label.n};
		memcpy(labels, from[i].label.p, from[i].label.n);
		labels += from[i].label.n;
	}
	return labels;
}

void figures_keep(struct figures *figures, struct uuid tenant, int64_t since, int64_t now,
		  const struct response_report *report)
{
	size_t count = report->source_count + report->user_count;
	struct response_figures *groups;
	struct kept *kept;
	char *labels;

	if (!figures || report->all.leads < FIGURES_LEADS_LEAST)
		return;
	kept = &figures->kept[place_of(tenant)];
	free(kept->memory);
	groups = malloc(count * sizeof *groups + labels_length(report->by_source, report->source_count) +
			labels_length(report->by_user, report->user_count) + 1);
	*kept = (struct kept){tenant, since, now, *report, groups};
	if (!groups)
		return;
	labels = copy_groups(report->by_source, report->source_count, groups, (char *)(groups + count));
	(void)copy_groups(report->by_user, report->user_count, groups + report->source_count, labels);
	kept->report.by_source = groups;
	kept->report.by_user = groups + report->source_count;
}
