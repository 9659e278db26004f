#include "lib/crm/entities.h"

#include "lib/crm/activity.h"
#include "lib/crm/cadence.h"
#include "lib/crm/cadence_step.h"
#include "lib/crm/campaign_recipient.h"
#include "lib/crm/contact.h"
#include "lib/crm/custom_field.h"
#include "lib/crm/email_campaign.h"
#include "lib/crm/email_template.h"
#include "lib/crm/equipment.h"
#include "lib/crm/lead.h"
#include "lib/crm/note.h"
#include "lib/crm/pipeline_stage.h"
#include "lib/crm/property.h"
#include "lib/crm/saved_view.h"
#include "lib/crm/scraper_job.h"
#include "lib/crm/signal.h"
#include "lib/crm/tag.h"
#include "lib/crm/task.h"
#include "lib/crm/web_form.h"

/*
 * One line an entity, in the order of the navigation: its words again, which are its choice where a list is chosen; its place there, and what it takes
 * to write it.
 */
/* clang-format off */
#define ENTITIES(X) \
	X(lead_entity, "leads", "Leads", PLACE_MAIN, CAN_WRITE) \
	X(contact_entity, "contacts", "Contacts", PLACE_MAIN, CAN_WRITE) \
	X(task_entity, "tasks", "Tasks", PLACE_MAIN, CAN_WRITE) \
	X(property_entity, "properties", "Properties", PLACE_MORE, CAN_WRITE) \
	X(equipment_entity, "equipment", "Equipment", PLACE_MORE, CAN_WRITE) \
	X(activity_entity, "activities", "Activities", PLACE_MORE, CAN_WRITE) \
	X(note_entity, "notes", "Notes", PLACE_MORE, CAN_WRITE) \
	X(signal_entity, "signals", "Signals", PLACE_MORE, CAN_WRITE) \
	X(email_campaign_entity, "email_campaigns", "Campaigns", PLACE_MORE, CAN_WRITE) \
	X(email_template_entity, "email_templates", "E-mail templates", PLACE_MORE, CAN_WRITE) \
	X(campaign_recipient_entity, "campaign_recipients", "Recipients", PLACE_NONE, CAN_WRITE) \
	X(scraper_job_entity, "scraper_jobs", "Scrapers", PLACE_MORE, CAN_WRITE) \
	X(pipeline_stage_entity, "pipeline_stages", "Stages", PLACE_SETTINGS, CAN_SETTINGS) \
	X(tag_entity, "tags", "Tags", PLACE_SETTINGS, CAN_SETTINGS) \
	X(cadence_entity, "cadences", "Follow-ups", PLACE_SETTINGS, CAN_SETTINGS) \
	X(cadence_step_entity, "cadence_steps", "Steps", PLACE_NONE, CAN_SETTINGS) \
	X(custom_field_entity, "custom_fields", "Custom fields", PLACE_SETTINGS, CAN_SETTINGS) \
	X(web_form_entity, "web_forms", "Web forms", PLACE_SETTINGS, CAN_SETTINGS) \
	X(saved_view_entity, "saved_views", "Saved views", PLACE_SETTINGS, CAN_WRITE)
/* clang-format on */

#define POINTER(entity, plural, label, place, write) &entity,
#define PLACING(entity, plural, label, place, write) {place, write},
#define CHOICE(entity, plural, label, place, write) {plural, label, NULL},

const struct entity *const entities[] = {ENTITIES(POINTER)};
const size_t entities_count = COUNT_OF(entities);
/* clang-format off */
const struct choice entity_choices[] = {ENTITIES(CHOICE) {NULL, NULL, NULL}};
/* clang-format on */

static const struct {
	enum place place;
	enum permission write;
} placings[] = {ENTITIES(PLACING)};

const struct entity *entity_find(struct str plural)
{
	for (size_t i = 0; i < entities_count; i++)
		if (str_is(plural, entities[i]->plural))
			return entities[i];
	return NULL;
}

/* By name: an entity with a company's own fields is a copy. What is not registered has no place. */
static size_t position(const struct entity *entity)
{
	size_t i = 0;

	while (i < entities_count && strcmp(entities[i]->plural, entity->plural) != 0)
		i++;
	return i;
}

enum place entity_place(const struct entity *entity)
{
	size_t at = position(entity);

	return at < entities_count ? placings[at].place : PLACE_NONE;
}

enum permission entity_write_permission(const struct entity *entity)
{
	size_t at = position(entity);

	return at < entities_count ? placings[at].write : CAN_WRITE;
}

enum permission entity_delete_permission(const struct entity *entity)
{
	return entity_write_permission(entity) == CAN_WRITE ? CAN_DELETE : entity_write_permission(entity);
}
