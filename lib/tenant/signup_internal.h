/* Shared by signup.c and signup_complete.c. */
#ifndef DEMAND_SIGNUP_INTERNAL_H
#define DEMAND_SIGNUP_INTERNAL_H

#include "lib/tenant/signup.h"

/* Locks the draft and reads it anew. E_NOTFOUND when it has expired. */
enum err signup_lock(struct stx *, struct signup *) MUST_CHECK;

#endif
