/* Inputs that no layer below knows: bodies and forms of the web's own. */
#ifndef DEMAND_INPUTS_H
#define DEMAND_INPUTS_H

#include "lib/entity/entity.h"

extern const struct entity workspace_entity; /* workspace: a subdomain or an address */

#endif
