/*
 * Instants as people read them, in a named zone of the IANA time zone database ("America/New_York"; Debian's package
 * tzdata).
 *
 * The process's TZ variable belongs to this file: a zone is switched with tzset(3), which is right for single-
 * threaded workers only.
 * A zone that is malformed or not installed is UTC.
 */
#ifndef DEMAND_LOCAL_TIME_H
#define DEMAND_LOCAL_TIME_H

#include "lib/base/arena.h"

bool local_time_zone_valid(struct str zone);
/* The zone of the person who is being answered, until the next call. Call it once a request; absent: UTC. */
void local_time_zone(struct str zone);
#define LOCAL_ZONE_LENGTH_MOST 64
/* Its name, for who switches it for a while. */
void local_time_zone_now(char name[LOCAL_ZONE_LENGTH_MOST + 1]);
/* "23 Nov 2026, 02:32 EST" */
struct str local_time(struct arena *, int64_t instant);
/* "23 Nov 2026" */
struct str local_date(struct arena *, int64_t instant);
/* "2026-11-23": the day on which the instant lies. */
struct str local_day(struct arena *, int64_t instant);
/* The first moment of the day, or of the one so many days later. False when it is no date like "2026-11-23". */
bool local_day_start(struct str date, int days_later, int64_t *instant) MUST_CHECK;
/*
 * What a clock on the wall shows, "2026-11-23T07:32" with or without seconds, and back to the instant. A time that
 * comes twice is the first of the two, one that is skipped is as much later as the clocks were moved. False when it is
 * no such text.
 */
struct str local_wall(struct arena *, int64_t instant);
bool local_from_wall(struct str wall, int64_t *instant) MUST_CHECK;
/* 1 for Monday to 7 for Sunday. */
int local_weekday(int64_t instant);
/* So many hours, days, weeks, months or years ('h' 'd' 'w' 'm' 'y') away, at the same time of day; the
 * last day of a month where that has none of the number. */
int64_t local_shift(int64_t instant, int64_t amount, char unit);

#endif
