#include "fcgi/entity_view.h"

#include "fcgi/page.h"

#include "lib/crm/entities.h"
#include "lib/entity/phone.h"

struct str entity_row_path(struct context *c, const struct record *record, const char *suffix)
{
	return arena_printf(c->arena, "/%s/%.*s%s", record_entity(record)->plural,
			    STR_FMT_ARG(uuid_text(c->arena, record_id(record))), suffix);
}

struct str entity_list_path(struct context *c, const struct entity *entity)
{
	return arena_printf(c->arena, "/%s", entity->plural);
}

bool entity_may_write(const struct context *c)
{
	return context_may(c, entity_write_permission(c->entity));
}

bool entity_may_delete(const struct context *c)
{
	return context_may(c, entity_delete_permission(c->entity));
}

struct str entity_title(const struct record *record)
{
	return record_title(record);
}

void entity_prefill(struct context *c, struct record *record)
{
	const struct entity *entity = record_entity(record);

	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].flags & FIELD_MINE)
			record_prefill(record, (int)i, uuid_text(c->arena, c->principal->user_id));
	for (const struct form_field *sent = c->query.first; sent; sent = sent->next) {
		int field = entity_field(entity, sent->name);

		if (field >= 0)
			record_prefill(record, field, sent->text);
	}
}

bool entity_has_search(const struct entity *entity)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].flags & FIELD_SEARCHABLE)
			return true;
	return false;
}

struct str entity_in_sentence(struct context *c, const char *label)
{
	return label_in_sentence(c->arena, label);
}

/* The first phone number of a record, for the call button; absent when there is none that can be dialled. */
static struct str phone_url(struct context *c, const struct record *record)
{
	const struct entity *entity = record_entity(record);

	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].type == FIELD_PHONE && !(entity->fields[i].flags & FIELD_API_ONLY) &&
		    record_get(record, (int)i).n > 0)
			return phone_tel_url(c->arena, record_get(record, (int)i));
	return STR_NONE;
}

void entity_put_phone(struct context *c, struct value *map, const struct record *record)
{
	struct str url = phone_url(c, record);

	value_put(map, "call_url", str_absent(url) ? value_null(c->arena) : value_url(c->arena, url));
}

void entity_put_row(struct context *c, struct value *row, const struct record *record)
{
	int created = entity_field(record_entity(record), STR("created_at"));

	value_put_url(row, "url", entity_row_path(c, record, ""));
	value_put_str(row, "id", uuid_text(c->arena, record_id(record)));
	value_put_str(row, "title", entity_title(record));
	page_put_time_text(c, row, "created", created >= 0 ? record_get(record, created) : STR_NONE);
	entity_put_phone(c, row, record);
}

struct value *page_row(struct context *c, const struct record *record)
{
	struct value *row = value_map(c->arena);

	entity_put_row(c, row, record);
	record_cells_view(record, value_put_list(row, "cells"));
	return row;
}
