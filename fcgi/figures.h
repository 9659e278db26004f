/*
 * The dashboard's report of large companies, kept for a minute in the memory of one worker: reading it goes through all leads of the month.
 *
 * What is kept is found by the company's id and the beginning of the report alone. Small companies' reports are cheap and never kept.
 */
#ifndef DEMAND_FIGURES_H
#define DEMAND_FIGURES_H

#include "lib/crm/report.h"

#define FIGURES_SECONDS 60
#define FIGURES_LEADS_LEAST 500

struct figures;

struct figures *figures_new(void);
void figures_free(struct figures *);
/*
 * NULL: not there, or too old. Good until figures_keep. *as_of: when it was read. `figures` may be NULL: nothing is kept.
 * `tenant` and `since` as in figures_keep.
 */
const struct response_report *figures_find(const struct figures *, struct uuid tenant, int64_t since, int64_t now,
					   int64_t *as_of);
/* Copies the report, in place of another company's where it has to be. */
void figures_keep(struct figures *, struct uuid tenant, int64_t since, int64_t now, const struct response_report *);

#endif
