#include "lib/crm/response.h"

#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/lead.h"
#include "lib/entity/insert_many.h"
#include "lib/entity/local_time.h"
#include "lib/tenant/tenant.h"
#include "lib/text/json.h"

#define MINUTE (60 * MICROSECONDS_PER_SECOND)
#define DAYS_MOST 366
#define TARGET_MOST (14 * 24 * 60)

/* ---- the rules as an input ---- */

#define DAY(day_name, day_label, hours)                                                                                \
	{                                                                                                              \
		.name = day_name, .label = day_label, .type = FIELD_TEXT, .maximum = 20, .default_value = hours        \
	}
#define TARGET(urgency, target_label, minutes)                                                                         \
	{                                                                                                              \
		.name = "minutes_" urgency, .label = target_label, .type = FIELD_INTEGER, .minimum = 1,                \
		.maximum = TARGET_MOST, .default_value = minutes                                                       \
	}
#define CLOSED "closed"

static const struct field fields[] = {
	{.name = "monday",
	 .label = "Monday",
	 .help = "From and to, like 08:00-17:00; \"closed\" for a day off.",
	 .group = "Opening hours",
	 .type = FIELD_TEXT,
	 .maximum = 20,
	 .default_value = "08:00-17:00"},
	DAY("tuesday", "Tuesday", "08:00-17:00"),
	DAY("wednesday", "Wednesday", "08:00-17:00"),
	DAY("thursday", "Thursday", "08:00-17:00"),
	DAY("friday", "Friday", "08:00-17:00"),
	DAY("saturday", "Saturday", CLOSED),
	DAY("sunday", "Sunday", CLOSED),
	{.name = "holidays",
	 .label = "Holidays",
	 .help = "Days like 2026-12-25, one a line.",
	 .type = FIELD_LONG_TEXT,
	 .maximum = 2000},
	{.name = "minutes_emergency",
	 .label = "Emergency",
	 .help = "Minutes until the first answer is due.",
	 .group = "Answer within",
	 .type = FIELD_INTEGER,
	 .minimum = 1,
	 .maximum = TARGET_MOST,
	 .default_value = "5"},
	TARGET("no_heat", "No heat", "5"),
	TARGET("leak", "Leak", "5"),
	TARGET("no_cool", "No cooling", "15"),
	TARGET("no_hot_water", "No hot water", "15"),
	TARGET("drain", "Blocked drain", "30"),
	TARGET("soon", "Soon", "60"),
	TARGET("planned", "Planned", "240"),
	TARGET("other", "No urgency named", "60"),
	{.name = "urgent_always",
	 .label = "Emergencies count day and night",
	 .help = "Emergency, no heat and leak are due by the clock on the wall, open or not.",
	 .type = FIELD_BOOL,
	 .default_value = "t"},
};

const struct entity response_rules_entity = {
	.name = "response rules",
	.plural = "response_rules",
	.label = "Response times",
	.label_plural = "Response times",
	.fields = fields,
	.field_count = COUNT_OF(fields),
};

static const char *const weekdays[] = {NULL,       "monday", "tuesday",  "wednesday",
				       "thursday", "friday", "saturday", "sunday"};
static const char *const always[] = {"emergency", "no_heat", "leak", NULL};

/* ---- reading them ---- */

/* "08:00" in minutes; 24:00 is the end of the day. */
static bool read_clock(struct str text, int *minutes)
{
	struct str minute = text, hour = str_split(&minute, ':');
	int64_t h, m;

	if (hour.n == 0 || hour.n > 2 || minute.n != 2 || !str_to_int64(hour, &h) || !str_to_int64(minute, &m) ||
	    h < 0 || m < 0 || m > 59 || h * 60 + m > 24 * 60)
		return false;
	*minutes = (int)(h * 60 + m);
	return true;
}

/* False for a closed day. */
static bool read_hours(struct str text, int *from, int *to)
{
	struct str end = text, start = str_split(&end, '-');

	return read_clock(str_trim(start), from) && read_clock(str_trim(end), to) && *from < *to;
}

static bool is_holiday(struct str holidays, struct str day)
{
	while (!str_absent(holidays))
		if (str_equal(str_trim(str_split(&holidays, '\n')), day))
			return true;
	return false;
}

bool response_rules_check(const struct record *rules, struct errors *errors)
{
	struct str rest = record_text(rules, "holidays");
	int64_t start;
	int from, to;

	for (size_t day = 1; day < COUNT_OF(weekdays); day++) {
		struct str hours = record_text(rules, weekdays[day]);

		if (!str_absent(hours) && !str_is(hours, CLOSED) && !read_hours(hours, &from, &to))
			errors_add(errors, weekdays[day], "not_hours",
				   "Write from and to, like 08:00-17:00, or closed.");
	}
	while (!str_absent(rest)) {
		struct str line = str_trim(str_split(&rest, '\n'));

		if (line.n && !local_day_start(line, 0, &start))
			errors_add(errors, "holidays", "not_a_date", "“%.*s” is no day like 2026-12-25.",
				   STR_FMT_ARG(utf8_prefix(line, 40)));
	}
	return !errors_any(errors);
}

struct record *response_rules(struct arena *arena, struct str settings)
{
	struct record *rules = record_new(arena, &response_rules_entity);
	const struct value *stored;
	struct value *map;
	struct str why;

	if (settings.n > 2 && json_parse(arena, settings, &json_limits_request, &map, &why) == OK &&
	    (stored = value_get(map, STR("response"))) != NULL &&
	    record_from_json(rules, WRITE_CREATE, stored, errors_new(arena)) == OK)
		return rules;
	rules = record_new(arena, &response_rules_entity);
	record_set_defaults(rules);
	return rules;
}

STATEMENT(read_settings, "SELECT settings FROM tenants WHERE tenant_id = $1");
STATEMENT(lock_settings, "SELECT settings FROM tenants WHERE tenant_id = $1 FOR NO KEY UPDATE");
STATEMENT(store_rules, "UPDATE tenants SET settings = settings || jsonb_build_object('response', $2::jsonb,"
		       " 'response_version', $3::bigint), updated_at = $4 WHERE tenant_id = $1");

static int64_t version_of(struct arena *arena, struct str settings)
{
	struct value *map;
	struct str why;
	int64_t version;

	return json_parse(arena, settings, &json_limits_request, &map, &why) == OK &&
			       str_to_int64(value_as_str(value_get(map, STR("response_version"))), &version) &&
			       version > 0
		       ? version
		       : 1;
}

enum err response_rules_read(struct ttx *tx, bool lock, struct record **rules, int64_t *version)
{
	struct rows *row;
	enum err err = ttx_one(tx, lock ? &lock_settings : &read_settings, NO_ARGS, &row);

	if (err)
		return err;
	*rules = response_rules(ttx_arena(tx), rows_str(row, 0));
	*version = version_of(ttx_arena(tx), rows_str(row, 0));
	return OK;
}

enum err response_rules_store(struct ttx *tx, const struct record *rules, int64_t version)
{
	struct arena *arena = ttx_arena(tx);
	struct value *map = value_map(arena);
	struct buffer json = BUFFER_IN(arena);
	enum err err;

	record_to_value(rules, map);
	json_print(map, &json);
	err = ttx_exec(tx, &store_rules,
		       ARGS(arg_str(buffer_str(&json)), arg_int(arena, version), arg_instant(arena, clock_now())),
		       NULL);
	return err ? err : tenant_changed(tx);
}

/* ---- when it is due ---- */

static int64_t target_minutes(struct arena *arena, const struct record *rules, struct str urgency)
{
	int field = str_absent(urgency) ? -1
					: entity_field(&response_rules_entity,
						       arena_printf(arena, "minutes_%.*s", STR_FMT_ARG(urgency)));
	int64_t minutes;

	return str_to_int64(field < 0 ? record_text(rules, "minutes_other") : record_get(rules, field), &minutes)
		       ? minutes
		       : 60;
}

/* The moment of the day's local time; a time that the clocks skip is as much later. */
static int64_t moment(struct arena *arena, struct str day, int minutes, int64_t next_midnight)
{
	int64_t instant;

	if (minutes >= 24 * 60 ||
	    !local_from_wall(arena_printf(arena, "%.*sT%02d:%02d", STR_FMT_ARG(day), minutes / 60, minutes % 60),
			     &instant))
		return next_midnight;
	return instant;
}

static int64_t count_open_time(const struct record *rules, struct arena *arena, int64_t at, int64_t left)
{
	struct str holidays = record_text(rules, "holidays");

	for (int days = 0; days < DAYS_MOST; days++) {
		struct str today = local_day(arena, at);
		int64_t tomorrow, open, close;
		int from, to;

		if (!local_day_start(today, 1, &tomorrow))
			return 0;
		if (!is_holiday(holidays, today) &&
		    read_hours(record_text(rules, weekdays[local_weekday(at)]), &from, &to)) {
			open = moment(arena, today, from, tomorrow);
			close = moment(arena, today, to, tomorrow);
			at = at < open ? open : at;
			if (at < close && left <= close - at)
				return at + left;
			left -= at < close ? close - at : 0;
		}
		at = tomorrow;
	}
	return 0;
}

static bool counts_always(const struct record *rules, struct str urgency)
{
	for (size_t i = 0; always[i]; i++)
		if (str_is(urgency, always[i]))
			return str_is(record_text(rules, "urgent_always"), "t");
	return false;
}

int64_t response_due(const struct record *rules, struct str zone, struct str urgency, int64_t start)
{
	struct arena *arena = arena_new(1024 * 1024);
	int64_t minutes = target_minutes(arena, rules, urgency), due = start + minutes * MINUTE;
	char before[LOCAL_ZONE_LENGTH_MOST + 1];

	if (!counts_always(rules, urgency)) {
		local_time_zone_now(before);
		local_time_zone(zone);
		due = count_open_time(rules, arena, start, minutes * MINUTE);
		local_time_zone(str_from(before));
	}
	arena_free(arena);
	return due;
}

/* ---- when it was given ---- */

void response_set(struct ttx *tx, const struct record *current, struct record *lead, const char *kind, int64_t at)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	int64_t created, seconds = 0;

	if (clock_from_rfc3339(record_text(current, "created_at"), &created) && at > created)
		seconds = (at - created) / MICROSECONDS_PER_SECOND;
	record_set_text(lead, "first_response_at", clock_rfc3339(arena, at));
	record_set_text(lead, "first_response_kind", str_from(kind));
	record_set_text(lead, "first_response_seconds", arena_printf(arena, "%lld", (long long)seconds));
	if (actor->kind == ACTOR_USER)
		record_set_text(lead, "first_response_by", uuid_text(arena, actor->id));
}

enum err response_given(struct ttx *tx, struct uuid lead, const char *kind, int64_t at)
{
	struct record *current, *change, *updated;
	/* Locked, so that of two first answers one is the first. */
	enum err err = entity_get_many(tx, &lead_entity, &lead, 1, true, &current);

	if (err || !current || !str_absent(record_text(current, "first_response_at")))
		return err;
	change = record_new(ttx_arena(tx), &lead_entity);
	response_set(tx, current, change, kind, at);
	if (str_is(record_text(current, "status"), "new"))
		record_set_text(change, "status", STR("contacted"));
	return entity_update(tx, current, change, errors_new(ttx_arena(tx)), &updated);
}
