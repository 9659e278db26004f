/* Scrapers: where to look for signals, and how often. Each takes one place of the plan's limit. */
#ifndef DEMAND_SCRAPER_JOB_H
#define DEMAND_SCRAPER_JOB_H

#include "lib/entity/entity.h"

extern const struct entity scraper_job_entity;

#endif
