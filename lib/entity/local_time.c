#include "lib/entity/local_time.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define MOST_ZONE_LENGTH 64

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

void local_time_zone(struct str zone)
{
	if (str_is(zone, wanted))
		return;
	if (!local_time_zone_valid(zone))
		zone = STR("UTC");
	memcpy(wanted, zone.p, zone.n);
	wanted[zone.n] = '\0';
}

/* The instant's parts in the wanted zone. */
static struct tm local_parts(int64_t instant)
{
	time_t seconds = (time_t)(instant / MICROSECONDS_PER_SECOND - (instant % MICROSECONDS_PER_SECOND < 0));
	struct tm parts = {0};

	if (strcmp(active, wanted) != 0) {
		memcpy(active, wanted, sizeof active);
		setenv("TZ", active, 1);
		tzset();
	}
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
