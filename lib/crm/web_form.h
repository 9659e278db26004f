/* Web forms: what a company puts on its website so that people who need work done become leads. */
#ifndef DEMAND_WEB_FORM_H
#define DEMAND_WEB_FORM_H

#include "lib/entity/entity.h"

extern const struct entity web_form_entity;

#endif
