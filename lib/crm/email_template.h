/* E-mail templates: texts that campaigns start from. */
#ifndef DEMAND_EMAIL_TEMPLATE_H
#define DEMAND_EMAIL_TEMPLATE_H

#include "lib/entity/entity.h"

extern const struct entity email_template_entity;

#endif
