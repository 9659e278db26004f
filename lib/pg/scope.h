/*
 * Scope: the proof that a tenant was resolved. Only lib/tenant mints one (scope_internal.h); everybody else can pass it on and ask it.
 */
#ifndef DEMAND_SCOPE_H
#define DEMAND_SCOPE_H

#include "lib/base/id.h"

struct scope;

struct uuid scope_tenant(const struct scope *);

#endif
