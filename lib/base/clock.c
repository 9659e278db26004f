#include "lib/base/clock.h"

#include <stdlib.h>
#include <time.h>

#define SECONDS_PER_DAY INT64_C(86400)

struct civil {
	int year, month, day, hour, minute, second, microsecond;
	int weekday; /* 0 is Sunday; written by from_instant only */
};

static int64_t read_clock(clockid_t which)
{
	struct timespec now;
	if (clock_gettime(which, &now) != 0)
		abort();
	return (int64_t)now.tv_sec * MICROSECONDS_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Proleptic Gregorian day number, 0 at 1970-01-01; March begins the year so that the leap day ends it. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t shifted = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

/* The other way. Both are Howard Hinnant's, "chrono-Compatible Low-Level Date Algorithms". */
static void civil_from_days(int64_t days, struct civil *out)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	out->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	out->month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
	out->weekday = (int)((days % 7 + 11) % 7); /* day 0 was a Thursday */
}

/* Not by gmtime_r, which asks for the time zone each time: a list has a hundred instants, and that was 3 % of it. */
static struct civil from_instant(int64_t instant)
{
	const int64_t day = SECONDS_PER_DAY * MICROSECONDS_PER_SECOND;
	int64_t days = instant / day, rest = instant % day;
	if (rest < 0) {
		rest += day;
		days--;
	}
	int seconds = (int)(rest / MICROSECONDS_PER_SECOND);
	struct civil c = {.hour = seconds / 3600,
			  .minute = seconds / 60 % 60,
			  .second = seconds % 60,
			  .microsecond = (int)(rest % MICROSECONDS_PER_SECOND)};
	civil_from_days(days, &c);
	return c;
}

/* `count` digits of a number that has no more. */
static char *put_digits(char *at, int number, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		at[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return at + count;
}

/* A list prints a hundred of these: snprintf was a fifth of its work. */
bool clock_print(int64_t instant, char text[CLOCK_TEXT_LENGTH + 1])
{
	static const char pattern[] = "yyyy-mm-ddThh:mm:ss.mmmZ";
	_Static_assert(sizeof(pattern) == CLOCK_TEXT_LENGTH + 1, "what is printed has this length");
	struct civil c = from_instant(instant);
	char *at = text;
	if (c.year < 0 || c.year > 9999)
		return false;
	memcpy(text, pattern, sizeof(pattern));
	at = put_digits(at, c.year, 4) + 1;
	at = put_digits(at, c.month, 2) + 1;
	at = put_digits(at, c.day, 2) + 1;
	at = put_digits(at, c.hour, 2) + 1;
	at = put_digits(at, c.minute, 2) + 1;
	at = put_digits(at, c.second, 2) + 1;
	(void)put_digits(at, c.microsecond / 1000, 3);
	return true;
}

struct str clock_rfc3339(struct arena *arena, int64_t instant)
{
	char text[CLOCK_TEXT_LENGTH + 1];
	if (clock_print(instant, text))
		return arena_copy(arena, (struct str){text, CLOCK_TEXT_LENGTH});
	struct civil c = from_instant(instant);
	return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute,
			    c.second, c.microsecond / 1000);
}

struct str clock_http_date(struct arena *arena, int64_t instant)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = from_instant(instant);
	return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[c.weekday], c.day, months[c.month - 1],
			    c.year, c.hour, c.minute, c.second);
}

static bool take_char(struct str *s, char wanted)
{
	if (s->n == 0 || s->p[0] != wanted)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool take_digits(struct str *s, size_t count, int *out)
{
	if (s->n < count)
		return false;
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	s->p += count;
	s->n -= count;
	*out = value;
	return true;
}

/* An optional fraction of one to six digits. */
static bool take_fraction(struct str *s, int *microsecond)
{
	*microsecond = 0;
	if (!take_char(s, '.'))
		return true;
	int digits = 0, digit;
	while (digits < 6 && take_digits(s, 1, &digit)) {
		*microsecond = *microsecond * 10 + digit;
		digits++;
	}
	if (digits == 0)
		return false;
	for (; digits < 6; digits++)
		*microsecond *= 10;
	return true;
}

/* "+02", "+02:00" or "-05:30", in seconds east of Greenwich. */
static bool take_offset(struct str *s, bool minutes_needed, int *seconds)
{
	bool west = take_char(s, '-');
	int hours, minutes = 0;
	if ((!west && !take_char(s, '+')) || !take_digits(s, 2, &hours))
		return false;
	if ((minutes_needed || s->n > 0) && (!take_char(s, ':') || !take_digits(s, 2, &minutes)))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

static bool take_date(struct str *s, struct civil *c)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (!take_digits(s, 4, &c->year) || !take_char(s, '-') || !take_digits(s, 2, &c->month) || !take_char(s, '-') ||
	    !take_digits(s, 2, &c->day))
		return false;
	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
	return c->day <= lengths[c->month - 1] + (c->month == 2 && leap);
}

static bool take_time(struct str *s, struct civil *c)
{
	return take_digits(s, 2, &c->hour) && take_char(s, ':') && take_digits(s, 2, &c->minute) && take_char(s, ':') &&
	       take_digits(s, 2, &c->second) && take_fraction(s, &c->microsecond) && c->hour <= 23 && c->minute <= 59 &&
	       c->second <= 59;
}

static int64_t to_instant(const struct civil *c, int offset_seconds)
{
	int64_t seconds = days_from_civil(c->year, c->month, c->day) * SECONDS_PER_DAY + c->hour * 3600 +
			  c->minute * 60 + c->second;
	return (seconds - offset_seconds) * MICROSECONDS_PER_SECOND + c->microsecond;
}

bool clock_from_rfc3339(struct str s, int64_t *out)
{
	struct civil c = {0};
	int offset = 0;
	if (!take_date(&s, &c) || (!take_char(&s, 'T') && !take_char(&s, 't')) || !take_time(&s, &c))
		return false;
	if (!take_char(&s, 'Z') && !take_char(&s, 'z') && !take_offset(&s, true, &offset))
		return false;
	if (s.n > 0)
		return false;
	*out = to_instant(&c, offset);
	return true;
}

bool clock_from_postgres(struct str s, int64_t *out)
{
	struct civil c = {0};
	int offset = 0;
	if (!take_date(&s, &c) || !take_char(&s, ' ') || !take_time(&s, &c) || !take_offset(&s, false, &offset) ||
	    s.n > 0)
		return false;
	*out = to_instant(&c, offset);
	return true;
}

int64_t clock_days_until(int64_t now, int64_t instant)
{
	const int64_t day = SECONDS_PER_DAY * MICROSECONDS_PER_SECOND;
	int64_t left;
	if (instant <= now || __builtin_sub_overflow(instant, now, &left))
		return instant <= now ? 0 : INT64_MAX / day;
	return left / day + (left % day != 0);
}
