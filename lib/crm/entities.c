#include "lib/crm/entities.h"

#include "lib/crm/custom_field.h"
#include "lib/crm/lead.h"

const struct entity *const entities[] = {&lead_entity, &custom_field_entity};
const size_t entities_count = COUNT_OF(entities);

const struct entity *entity_find(struct str plural)
{
	for (size_t i = 0; i < entities_count; i++)
		if (str_is(plural, entities[i]->plural))
			return entities[i];
	return NULL;
}
