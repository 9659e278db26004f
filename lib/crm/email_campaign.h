/* E-mail campaigns: a text and the people it is for. */
#ifndef DEMAND_EMAIL_CAMPAIGN_H
#define DEMAND_EMAIL_CAMPAIGN_H

#include "lib/entity/entity.h"

extern const struct entity email_campaign_entity;

#endif
