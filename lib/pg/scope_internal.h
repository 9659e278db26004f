/* The mint. Included by lib/pg and lib/tenant only; tests/lint refuses it elsewhere. */
#ifndef DEMAND_SCOPE_INTERNAL_H
#define DEMAND_SCOPE_INTERNAL_H

#include "lib/pg/scope.h"

struct scope {
	struct uuid tenant;
};

static inline struct scope scope_of(struct uuid tenant)
{
	return (struct scope){tenant};
}

#endif
