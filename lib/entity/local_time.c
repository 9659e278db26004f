#include "lib/entity/local_time.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define MOST_ZONE_LENGTH LOCAL_ZONE_LENGTH_MOST

static char wanted[MOST_ZONE_LENGTH + 1] = "UTC";
static char active[MOST_ZONE_LENGTH + 1]; /* what TZ says now; empty before the first use */

/* Words of [A-Za-z0-9_+-] between single slashes: no dot, so no way out of the folder. */
static bool is_zone_name(struct str zone)
{
	char before = '/';

	if (zone.n == 0 || zone.n > MOST_ZONE_LENGTH)
		return false;
	for (size_t i = 0; i < zone.n; i++) {
		char c = zone.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
			    c == '+' || c == '-';

		if (!word && (c != '/' || before == '/'))
			return false;
		before = c;
	}
	return before != '/';
}

bool local_time_zone_valid(struct str zone)
{
	char path[sizeof ZONE_FOLDER + MOST_ZONE_LENGTH];

	if (!is_zone_name(zone))
		return false;
	memcpy(path, ZONE_FOLDER, sizeof ZONE_FOLDER - 1);
	memcpy(path + sizeof ZONE_FOLDER - 1, zone.p, zone.n);
	path[sizeof ZONE_FOLDER - 1 + zone.n] = '\0';
	return access(path, R_OK) == 0;
}

void local_time_zone_now(char name[LOCAL_ZONE_LENGTH_MOST + 1])
{
	memcpy(name, wanted, sizeof wanted);
}

void local_time_zone(struct str zone)
{
	if (str_is(zone, wanted))
		return;
	if (!local_time_zone_valid(zone))
		zone = STR("UTC");
	memcpy(wanted, zone.p, zone.n);
	wanted[zone.n] = '\0';
}

static void use_zone(void)
{
	if (strcmp(active, wanted) == 0)
		return;
	memcpy(active, wanted, sizeof active);
	setenv("TZ", active, 1);
	tzset();
}

/* The instant's parts in the wanted zone. */
static struct tm local_parts(int64_t instant)
{
	time_t seconds = (time_t)(instant / MICROSECONDS_PER_SECOND - (instant % MICROSECONDS_PER_SECOND < 0));
	struct tm parts = {0};

	use_zone();
	localtime_r(&seconds, &parts);
	return parts;
}

struct str local_time(struct arena *arena, int64_t instant)
{
	struct tm parts = local_parts(instant);
	char text[64];

	return arena_copy(arena,
			  str_trim((struct str){text, strftime(text, sizeof text, "%e %b %Y, %H:%M %Z", &parts)}));
}

struct str local_date(struct arena *arena, int64_t instant)
{
	struct tm parts = local_parts(instant);
	char text[64];

	return arena_copy(arena, str_trim((struct str){text, strftime(text, sizeof text, "%e %b %Y", &parts)}));
}

struct str local_day(struct arena *arena, int64_t instant)
{
	struct tm parts = local_parts(instant);

	return arena_printf(arena, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

bool local_day_start(struct str date, int days_later, int64_t *instant)
{
	struct tm parts = {.tm_isdst = -1};
	int64_t noon; /* the text is a date when it is one in UTC */
	char text[sizeof "2026-11-23T12:00:00Z"];

	if (date.n != 10)
		return false;
	memcpy(text, date.p, 10);
	memcpy(text + 10, "T12:00:00Z", sizeof "T12:00:00Z");
	if (!clock_from_rfc3339(str_from(text), &noon))
		return false;
	parts.tm_year =
		(date.p[0] - '0') * 1000 + (date.p[1] - '0') * 100 + (date.p[2] - '0') * 10 + (date.p[3] - '0') - 1900;
	parts.tm_mon = (date.p[5] - '0') * 10 + (date.p[6] - '0') - 1;
	parts.tm_mday = (date.p[8] - '0') * 10 + (date.p[9] - '0') + days_later;
	use_zone();
	*instant = (int64_t)mktime(&parts) * MICROSECONDS_PER_SECOND;
	return true;
}

/* Four digits of the year, which strftime() writes for the last millennium only. */
struct str local_wall(struct arena *arena, int64_t instant)
{
	struct tm parts = local_parts(instant);

	return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
			    parts.tm_hour, parts.tm_min);
}

static bool is_same_wall(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/* "2026-11-23T07:32:05" as an instant of UTC, then by its parts as one of the zone. */
bool local_from_wall(struct str wall, int64_t *instant)
{
	char text[sizeof "2026-11-23T07:32:05Z"] = "0000-00-00T00:00:00Z";
	struct tm wanted_parts = {0}, parts;
	time_t seconds = 0;
	int64_t utc;

	if (wall.n != 16 && wall.n != 19)
		return false;
	memcpy(text, wall.p, wall.n);
	if (!clock_from_rfc3339(str_from(text), &utc))
		return false;
	seconds = (time_t)(utc / MICROSECONDS_PER_SECOND);
	if (!gmtime_r(&seconds, &wanted_parts))
		return false;
	use_zone();
	/* Summer time first: of two it is the earlier one. Without either, the clocks skipped it. */
	for (int summer = 1; summer >= 0; summer--) {
		parts = wanted_parts;
		parts.tm_isdst = summer;
		seconds = mktime(&parts);
		if (is_same_wall(&parts, &wanted_parts))
			break;
	}
	*instant = (int64_t)seconds * MICROSECONDS_PER_SECOND;
	return true;
}

int64_t local_shift(int64_t instant, int64_t amount, char unit)
{
	struct tm parts = local_parts(instant);
	int steps = (int)amount;

	if (unit == 'h')
		return instant + amount * 3600 * MICROSECONDS_PER_SECOND;
	if (unit == 'm' || unit == 'y') {
		struct tm last = {.tm_year = parts.tm_year, .tm_mday = 0, .tm_hour = 12, .tm_isdst = -1};

		parts.tm_mon += unit == 'y' ? 12 * steps : steps;
		last.tm_mon = parts.tm_mon + 1;
		(void)mktime(&last); /* day 0 of a month is the last of the one before */
		if (parts.tm_mday > last.tm_mday)
			parts.tm_mday = last.tm_mday;
	} else {
		parts.tm_mday += unit == 'w' ? 7 * steps : steps;
	}
	parts.tm_isdst = -1;
	return (int64_t)mktime(&parts) * MICROSECONDS_PER_SECOND;
}

int local_weekday(int64_t instant)
{
	int weekday = local_parts(instant).tm_wday;

	return weekday == 0 ? 7 : weekday;
}
