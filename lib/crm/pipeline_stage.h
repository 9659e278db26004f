/* Stages of the pipeline: the columns a lead moves through, from the first call to won or lost. */
#ifndef DEMAND_PIPELINE_STAGE_H
#define DEMAND_PIPELINE_STAGE_H

#include "lib/entity/entity.h"

extern const struct entity pipeline_stage_entity;

#endif
