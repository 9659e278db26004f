/* What sample data consists of: rows in words, which sample_data.c turns into records. */
#ifndef DEMAND_SAMPLE_ROWS_H
#define DEMAND_SAMPLE_ROWS_H

#include "lib/entity/entity.h"

/*
 * A value in the words of the table:
 *   reference to a stage      "2": the second open one (the last where there are fewer); "won", "lost"
 *   reference to a user       "me": whoever adds the sample; nobody for an API key
 *   any other reference       the key of a row above
 *   date                      days from today, "-400"
 *   instant                   "now", "soon" (today, in two hours at most), "-1 16:00" (days from today, local time)
 *   anything else             as it is stored
 */
struct sample_value {
	const char *field, *text;
};
#define SAMPLE_VALUES_MOST 19
struct sample_row {
	const struct entity *entity;
	const char *key;     /* by which rows below name it; NULL: none does */
	bool change;         /* of the row `key`, which was made above */
	int64_t minutes_ago; /* when it was written */
	struct sample_value values[SAMPLE_VALUES_MOST];
};
extern const struct sample_row sample_rows[];
extern const size_t sample_rows_count;

#endif
