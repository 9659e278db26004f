/* Bulk actions over JSON. */
#include "fcgi/bulk.h"
#include "fcgi/handlers.h"
#include "fcgi/try.h"

#include "lib/crm/entities.h"
#include "lib/crm/pipeline.h"
#include "lib/entity/custom.h"

static const struct choice actions[] = {
	{"status", "Set the status", NULL},
	{"stage", "Move to a stage", NULL},
	{"owner", "Give to somebody", NULL},
	{"tag_add", "Add a tag", NULL},
	{"tag_remove", "Take a tag off", NULL},
	{"delete", "Move to the trash", NULL},
	{NULL, NULL, NULL},
};

/* clang-format off */
static const struct field fields[] = {
	{.name = "action", .label = "Action", .help = "What is done; a list offers those that its fields have.", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = actions},
	{.name = "value", .label = "Value", .help = "What is set: a status, the id of a stage or user, the name of a tag; null empties the field.", .type = FIELD_TEXT},
	{.name = "reason", .label = "Reason", .help = "Why leads were lost, where the action loses them.", .type = FIELD_TEXT, .maximum = 200},
	{.name = "ids", .label = "Ids", .help = "Which rows: a list of ids, or one string with commas between them.", .type = FIELD_IDS, .maximum = BULK_MOST},
	{.name = "query", .label = "Query", .help = "Which rows, as the list's own parameters: status=new&score[gte]=50.", .type = FIELD_TEXT, .maximum = 2000},
	{.name = "all", .label = "All rows", .help = "Every row of the list: instead of ids and query.", .type = FIELD_BOOL, .default_value = "f"},
	{.name = "expected", .label = "Expected count", .help = "As a dry run counted them: when it is another number now, nothing is done and the answer is 409.", .type = FIELD_INTEGER, .maximum = BULK_MOST},
	{.name = "dry_run", .label = "Count only", .help = "Nothing is done; the answer says how many rows are meant.", .type = FIELD_BOOL, .default_value = "f"},
};
/* clang-format on */

const struct entity bulk_entity = {
	.name = "bulk_action",
	.plural = "bulk_actions",
	.label = "Bulk action",
	.label_plural = "Bulk actions",
	.fields = fields,
	.field_count = COUNT_OF(fields),
};

const struct entity *bulk_address_entity(const struct context *c)
{
	struct str rest = str_from(c->route->path), word = STR("");

	while (!str_absent(rest) && !str_is(rest, "bulk"))
		word = str_split(&rest, '/');
	return entity_with_custom(c->arena, entity_find(word), c->tenant->custom_fields);
}

size_t bulk_offers_to(const struct context *c, const struct entity *entity, struct bulk_offer out[BULK_OFFERS_MOST])
{
	size_t all = bulk_offers(entity, out), count = 0;

	for (size_t i = 0; i < all; i++)
		if (context_may(c, out[i].kind == BULK_DELETE ? entity_delete_permission(entity)
							      : entity_write_permission(entity)))
			out[count++] = out[i];
	return count;
}

bool bulk_find_offer(const struct context *c, const struct entity *entity, struct str action, struct bulk_offer *out)
{
	struct bulk_offer offers[BULK_OFFERS_MOST];
	size_t count = bulk_offers_to(c, entity, offers);

	for (size_t i = 0; i < count; i++)
		if (str_is(action, offers[i].action)) {
			*out = offers[i];
			return true;
		}
	return false;
}

enum err bulk_read_query(struct context *c, const struct entity *entity, struct str query, struct list_query *out)
{
	static const char *const also[] = {"cursor", "limit", "done", "columns", "count", "bulk", NULL};
	struct form form;
	struct str why;

	if (form_parse_urlencoded(c->arena, query, &form_limits_request, &form, &why) != OK)
		return context_fail(c, E_MALFORMED, "%.*s", STR_FMT_ARG(why));
	return list_query_parse(c->arena, entity, &form, also, out, c->errors);
}

int64_t bulk_at_once(int64_t count)
{
	return count > BULK_MOST ? BULK_MOST : count;
}

enum err bulk_loses(struct context *c, const struct bulk *bulk, bool *loses)
{
	const struct field *field = bulk->offer.kind == BULK_SET ? &bulk->entity->fields[bulk->offer.field] : NULL;
	const struct stage *stage;
	struct stages stages;
	struct uuid id;

	*loses = false;
	if (!field || entity_field(bulk->entity, STR("lost_reason")) < 0)
		return OK;
	if (!field->references) {
		*loses = strcmp(field->name, "status") == 0 && stage_kind_of_status(bulk->target) == STAGE_LOST;
		return OK;
	}
	if (strcmp(field->references, "pipeline_stages") != 0 || str_absent(bulk->target) ||
	    !uuid_parse(bulk->target, &id))
		return OK;
	TRY(stages_read(c->tx, stages_send(c->tx), &stages));
	stage = stage_find(&stages, id);
	*loses = stage && stage->kind == STAGE_LOST;
	return OK;
}

enum err bulk_may_undo(struct context *c, struct uuid id, const struct entity **entity)
{
	struct bulk_done done;

	TRY(bulk_get(c->tx, id, &done));
	*entity = entity_with_custom(c->arena, entity_find(done.entity), c->tenant->custom_fields);
	if (!*entity)
		return E_NOTFOUND;
	return context_may(c, str_is(done.action, "delete") ? entity_delete_permission(*entity)
							    : entity_write_permission(*entity))
		       ? OK
		       : E_FORBIDDEN;
}

/* ---- POST /api/{plural}/bulk ---- */

static enum err read_selection(struct context *c, const struct record *asked, struct bulk *bulk)
{
	struct str ids = record_text(asked, "ids"), query = record_text(asked, "query");
	bool all = str_is(record_text(asked, "all"), "t");

	if ((ids.n > 0) + (query.n > 0) + all != 1) {
		errors_add(c->errors, "ids", "required", "Say which rows: ids, query or all, one of them.");
		return E_INVALID;
	}
	bulk->ids = ids.n ? ids : STR_NONE;
	return bulk_read_query(c, bulk->entity, query.n ? query : STR(""), &bulk->query);
}

/* What is done, beside which rows. */
static enum err read_target(struct context *c, const struct record *asked, struct bulk *bulk)
{
	bool loses;

	bulk->target = record_text(asked, "value");
	bulk->reason = record_text(asked, "reason");
	TRY(bulk_loses(c, bulk, &loses));
	if (str_absent(bulk->reason) || loses)
		return OK;
	errors_add(c->errors, "reason", "not_allowed", "Only what loses leads has a reason.");
	return E_INVALID;
}

/* The number that is meant, to BULK_MOST, when somebody wants to know it. */
static enum err count_meant(struct context *c, const struct record *asked, const struct bulk *bulk, int64_t *count)
{
	struct str expected = record_text(asked, "expected");
	int64_t number;

	TRY(bulk_count(c->tx, bulk, count));
	if (str_absent(expected) || (str_to_int64(expected, &number) && number == bulk_at_once(*count)))
		return OK;
	errors_add(c->errors, "expected", "changed", "%lld are meant now.", (long long)bulk_at_once(*count));
	return E_CONFLICT;
}

enum err bulk_api(struct context *c)
{
	struct record *asked = record_new(c->arena, &bulk_entity);
	struct bulk bulk = {.entity = bulk_address_entity(c), .ids = STR_NONE};
	struct bulk_result result;
	bool dry;
	int64_t count;

	TRY(record_from_json(asked, WRITE_CREATE, c->json, c->errors));
	if (!bulk_find_offer(c, bulk.entity, record_text(asked, "action"), &bulk.offer)) {
		errors_add(c->errors, "action", "not_allowed", "This list does not offer that to you.");
		return E_INVALID;
	}
	TRY(read_selection(c, asked, &bulk));
	TRY(read_target(c, asked, &bulk));
	dry = str_is(record_text(asked, "dry_run"), "t");
	if (dry || !str_absent(record_text(asked, "expected")))
		TRY(count_meant(c, asked, &bulk, &count));
	if (dry) {
		value_put_text(c->data, "id", NULL);
		value_put_int(c->data, "count", bulk_at_once(count));
		value_put_bool(c->data, "more", count > BULK_MOST);
		return OK;
	}
	TRY(bulk_run(c->tx, &bulk, c->errors, &result));
	value_put_str(c->data, "id", uuid_text(c->arena, result.id));
	value_put_int(c->data, "count", result.changed);
	value_put_bool(c->data, "more", result.more);
	return OK;
}

enum err bulk_undo_api(struct context *c)
{
	const struct entity *entity;
	int64_t undone, left;

	TRY(bulk_may_undo(c, c->id, &entity));
	TRY(bulk_undo(c->tx, entity, c->id, c->errors, &undone, &left));
	value_put_int(c->data, "undone", undone);
	value_put_int(c->data, "left", left);
	return OK;
}
