/* Recipients of an e-mail campaign; each address once in a campaign. */
#ifndef DEMAND_CAMPAIGN_RECIPIENT_H
#define DEMAND_CAMPAIGN_RECIPIENT_H

#include "lib/entity/entity.h"

extern const struct entity campaign_recipient_entity;

#endif
