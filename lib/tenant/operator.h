/* Keys of those who run the platform ("op_…"): admin host only, made by demandctl. */
#ifndef DEMAND_OPERATOR_H
#define DEMAND_OPERATOR_H

#include "lib/pg/pg.h"

struct operator_key {
	struct uuid id;
	struct str name, prefix;
	int64_t created_at, last_used_at, revoked_at; /* 0: never */
};

/* name: 1 to 100 code points, else E_INVALID. *secret is shown once. */
enum err operator_key_create(struct stx *, struct str name, struct operator_key **out, struct str *secret) MUST_CHECK;
/* E_UNAUTH: not one, unknown or revoked. Records the use, so TX_WRITE. */
enum err operator_verify(struct stx *, struct str text, struct operator_key **out) MUST_CHECK;
enum err operator_key_list(struct stx *, struct operator_key **out, size_t *count) MUST_CHECK;
/* E_NOTFOUND. */
enum err operator_key_revoke(struct stx *, struct uuid) MUST_CHECK;

#endif
