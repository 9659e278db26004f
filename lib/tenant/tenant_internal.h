/* What the files of lib/tenant share and nobody else needs. */
#ifndef DEMAND_TENANT_INTERNAL_H
#define DEMAND_TENANT_INTERNAL_H

#include "lib/base/clock.h"
#include "lib/base/errors.h"
#include "lib/base/id.h"
#include "lib/entity/entity.h"
#include "lib/tenant/tenant.h"

#define TENANT_CHANNEL "tenant_changed"
#define MICROSECONDS_PER_DAY (86400 * MICROSECONDS_PER_SECOND)

bool tenant_status_find(struct str name, enum tenant_status *out) MUST_CHECK;
extern const struct choice industry_choices[], plan_choices[];

struct str text_lower(struct arena *, struct str); /* ASCII only; absent stays absent */
/* An instant or null: 0 is "none". */
static inline struct argument arg_instant_or_null(struct arena *arena, int64_t instant)
{
	return instant ? arg_instant(arena, instant) : arg_null();
}
static inline struct argument arg_limit(struct arena *arena, int64_t most) /* 0 is "unlimited" */
{
	return most ? arg_int(arena, most) : arg_null();
}
static inline struct argument arg_hash(const uint8_t hash[32])
{
	return arg_bytes((struct str){(const char *)hash, 32});
}
/* Written by a tenant itself and by the platform when it makes one: $1 is the tenant in both. */
#define INSERT_LOGO                                                                                                    \
	"INSERT INTO tenant_files (tenant_id, id, kind, content_type, bytes, created_at)"                              \
	" VALUES ($1, $2, 'logo', 'image/png', $3, $4)"
#define INSERT_API_KEY                                                                                                 \
	"INSERT INTO tenant_api_keys (tenant_id, id, key_hash, key_prefix, last_four, name, role, created_by, "        \
	"created_at)"                                                                                                  \
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

/* The first pipeline and cadence of a new company, inside the transaction that makes it. */
enum err provision_defaults(struct stx *tx, struct uuid tenant_id, int64_t now) MUST_CHECK;
/* A new key's id, times and display parts; token carries the hash. */
struct api_key;
struct token;
void api_key_make(struct arena *, struct str tenant_code, struct api_key *, struct token *);
/* The calendar month of the instant, UTC: "2026-11-01" and "2026-11-30". */
void month_of(struct arena *, int64_t instant, struct str *first_day, struct str *last_day);

#endif
