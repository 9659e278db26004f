/*
 * Who took a list out as a file: written before its first byte and when it is over, kept for two years.
 */
#ifndef DEMAND_EXPORT_LOG_H
#define DEMAND_EXPORT_LOG_H

#include "lib/pg/pg.h"

#define EXPORT_LOG_DAYS 730

struct export_entry {
	struct uuid id, actor_id;
	struct str entity, format, query; /* the plural; as export_format_name(); as in the list's address */
	struct str actor_kind, actor_name;
	int64_t rows, started_at, finished_at; /* 0: under way, or its worker died */
	bool whole;                            /* sent to its end */
};

/* By the transaction's actor. */
enum err export_log_begin(struct ttx *, const char *entity, const char *format, struct str query,
			  struct uuid *id) MUST_CHECK;
enum err export_log_end(struct ttx *, struct uuid id, int64_t rows, bool whole) MUST_CHECK;
/* The latest ones before that one (zero: of all), newest first, at most `most`. */
enum err export_log_list(struct ttx *, struct uuid before, size_t most, struct export_entry **out,
			 size_t *count) MUST_CHECK;
/* A thousand at most of those whose time is over. */
enum err export_log_purge(struct ttx *, int64_t now, int64_t *count) MUST_CHECK;

#endif
