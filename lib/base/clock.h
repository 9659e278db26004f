/*
 * Time. Instants are microseconds since 1970-01-01T00:00:00Z (int64_t); text is RFC 3339 in UTC.
 */
#ifndef DEMAND_CLOCK_H
#define DEMAND_CLOCK_H

#include "lib/base/arena.h"

#define MICROSECONDS_PER_SECOND INT64_C(1000000)

int64_t clock_now(void);                                   /* wall clock, microseconds since the epoch */
int64_t clock_monotonic(void);                             /* for deadlines and durations, microseconds */
struct str clock_rfc3339(struct arena *, int64_t instant); /* "2026-11-23T07:32:00.123Z" */
#define CLOCK_TEXT_LENGTH 24
/* The same without an arena; false, and nothing written, outside of the years 0 to 9999. */
bool clock_print(int64_t instant, char text[CLOCK_TEXT_LENGTH + 1]) MUST_CHECK;
bool clock_from_rfc3339(struct str, int64_t *out) MUST_CHECK; /* any offset; up to six decimals */
/* PostgreSQL's ISO text in a UTC session, "2026-11-23 07:32:00.123456+00". */
bool clock_from_postgres(struct str, int64_t *out) MUST_CHECK;
struct str clock_http_date(struct arena *, int64_t instant); /* RFC 9110 IMF-fixdate */
/* Whole calendar days from now until the instant, rounded up; 0 when it has passed. */
int64_t clock_days_until(int64_t now, int64_t instant);

#endif
