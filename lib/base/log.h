/*
 * Structured log: one JSON object a line on standard error, one write(2) a line, control characters escaped.
 * Never pass a secret, a password, a key, a cookie or a body.
 */
#ifndef DEMAND_LOG_H
#define DEMAND_LOG_H

#include "lib/base/base.h"

enum log_level { LOG_DEBUG = 1, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_start(const char *program, enum log_level least); /* also LOG_* names from configuration: log_level_from */
bool log_level_from(struct str name, enum log_level *out) MUST_CHECK;
/* {"time":…,"level":…,"program":…,"pid":…,"event":event,"message":…} */
void log_event(enum log_level, const char *event, const char *format, ...) PRINTF(3, 4);
/* The same with further members, already JSON: ,"request_id":"…" and so on; build with log_member_*. */
struct buffer;
void log_members(enum log_level, const char *event, const struct buffer *members);
void log_member_str(struct buffer *, const char *name, struct str value);
void log_member_int(struct buffer *, const char *name, int64_t value);
void log_member_decimal(struct buffer *, const char *name, double value); /* three decimals */

#endif
