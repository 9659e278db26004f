/* The steps of dispatch.c, in its order. Each may end the request with an error, or with an answer of its own (x->answered). */
#ifndef DEMAND_STEPS_H
#define DEMAND_STEPS_H

#include "fcgi/exchange.h"

/* steps_address.c: before anybody's credential is looked at */
enum err step_caps(struct exchange *);
enum err step_host(struct exchange *);
enum err step_route(struct exchange *);
enum err step_tenant(struct exchange *);
enum err step_method(struct exchange *);
/* steps_access.c: who asks, and whether that one may */
enum err step_credential(struct exchange *);
enum err step_rate(struct exchange *);
enum err step_key_tenant(struct exchange *);
enum err step_access(struct exchange *);
enum err step_begin(struct exchange *);
enum err step_ahead(struct exchange *);
enum err step_principal(struct exchange *);
enum err step_permission(struct exchange *);
enum err step_plan(struct exchange *);
/* parameters.c */
enum err step_parameters(struct exchange *);
/* steps_body.c: what was sent, and the work */
enum err step_form(struct exchange *);
enum err step_csrf(struct exchange *);
enum err step_json(struct exchange *);
enum err step_idempotency(struct exchange *);
enum err step_handler(struct exchange *);

#endif
