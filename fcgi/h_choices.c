/* What a form offers for a reference while it is typed: its script takes the part of this page that it needs. */
#include "fcgi/handlers.h"
#include "fcgi/try.h"

enum err entity_choices_page(struct context *c)
{
	struct record *record = record_new(c->arena, c->entity);
	struct value *fields = value_put_list(c->page, "fields"), *map = value_map(c->arena);
	int field = entity_field(c->entity, form_text(&c->query, "field"));

	value_put_text(c->page, "title", c->entity->label);
	if (field < 0 || !c->entity->fields[field].reference_search ||
	    (c->entity->fields[field].flags & FIELD_INTERNAL))
		return OK;
	value_put_text(c->page, "title", c->entity->fields[field].label);
	TRY(record_load_offers(c->tx, record, &c->query));
	record_input_view(record, field, &c->query, map);
	value_append(fields, map);
	return OK;
}
