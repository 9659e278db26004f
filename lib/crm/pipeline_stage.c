#include "lib/crm/pipeline_stage.h"

#include "lib/crm/pipeline.h"
#include "lib/crm/shared.h"
#include "lib/entity/insert_many.h"
#include <inttypes.h>

static const struct choice kinds[] = {
	{"open", "Open", "blue"},
	{"won", "Won", "green"},
	{"lost", "Lost", "secondary"},
	{NULL, NULL, NULL},
};

static const struct field fields[] = {
	{
		.name = "name",
		.label = "Name",
		.group = "Stage",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_LISTED | CARRIED,
		.maximum = 60,
	},
	{
		.name = "kind",
		.label = "Meaning",
		.help = "Leads in a won or lost stage are done.",
		.type = FIELD_CHOICE,
		.flags = FIELD_LISTED | CARRIED,
		.choices = kinds,
		.default_value = "open",
	},
	{
		.name = "position",
		.label = "Position",
		.help = "The smallest stands first.",
		.type = FIELD_INTEGER,
		.flags = FIELD_SORTABLE | FIELD_LISTED | CARRIED,
		.maximum = 1000000,
		.default_value = "0",
	},
	{
		.name = "stale_days",
		.label = "Stale after days",
		.help = "A lead that stays longer is marked; 0: never.",
		.type = FIELD_INTEGER,
		.flags = FIELD_LISTED | CARRIED,
		.maximum = 365,
		.default_value = "14",
	},
	{
		.name = "created_at",
		.label = "Created",
		.group = "Record",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
	{
		.name = "updated_at",
		.label = "Changed",
		.type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_EXPORTABLE,
	},
};

/* What the leads in it would have to become is not for us to say: none may be there. */
static enum err check_empty(struct ttx *tx, const struct record *stage, const char *field, struct errors *errors)
{
	STATEMENT(count, "SELECT count(*) FROM (SELECT 1 FROM leads WHERE tenant_id = $1 AND stage_id = $2"
			 " AND deleted_at IS NULL LIMIT 1001) AS counted");
	struct rows *rows;
	int64_t leads;
	enum err err = ttx_one(tx, &count, ARGS(arg_uuid(ttx_arena(tx), record_id(stage))), &rows);

	if (err)
		return err;
	leads = rows_int(rows, 0);
	if (leads == 0)
		return OK;
	errors_add(errors, field, "in_use", "%s%" PRId64 " %s in this stage. Move %s to another stage first.",
		   leads > 1000 ? "More than " : "", leads > 1000 ? 1000 : leads, leads == 1 ? "lead is" : "leads are",
		   leads == 1 ? "it" : "them");
	return E_CONFLICT;
}

/* Those beyond would be no column of the board. */
static enum err places_left(struct ttx *tx, int64_t *left)
{
	STATEMENT(count, "SELECT count(*) FROM pipeline_stages WHERE tenant_id = $1 AND deleted_at IS NULL");
	struct rows *rows;
	enum err err = ttx_one(tx, &count, NO_ARGS, &rows);

	*left = err ? 0 : STAGES_MOST - rows_int(rows, 0);
	return err;
}

static enum err refuse_another(struct errors *errors)
{
	errors_add(errors, NULL, "too_many", "A pipeline has %d stages at most. Delete one that is not needed.",
		   STAGES_MOST);
	return E_CONFLICT;
}

static enum err check_number(struct ttx *tx, struct errors *errors)
{
	int64_t left;
	enum err err = places_left(tx, &left);

	return err == OK && left <= 0 ? refuse_another(errors) : err;
}

static enum err before_write(struct ttx *tx, enum write_kind kind, struct record *record, struct errors *errors)
{
	const struct record *before = record_before(record);

	if (kind == WRITE_CREATE || kind == WRITE_RESTORE)
		return check_number(tx, errors);
	if (kind == WRITE_DELETE)
		return check_empty(tx, record, NULL, errors);
	return str_equal(record_text(record, "kind"), record_text(before, "kind"))
		       ? OK
		       : check_empty(tx, record, "kind", errors);
}

static enum err before_write_many(struct ttx *tx, enum write_kind kind, struct write *writes, size_t count)
{
	int64_t left = 0;
	enum err err = kind == WRITE_CREATE ? places_left(tx, &left) : OK;

	for (size_t i = 0; err == OK && i < count; i++) {
		struct errors *errors = write_errors(ttx_arena(tx), &writes[i]);

		if (writes[i].err)
			continue;
		if (kind != WRITE_CREATE)
			writes[i].err = before_write(tx, kind, writes[i].record, errors);
		else if (left-- <= 0)
			writes[i].err = refuse_another(errors);
	}
	return err;
}

const struct entity pipeline_stage_entity = {
	.name = "pipeline_stage",
	.plural = "pipeline_stages",
	.label = "Stage",
	.label_plural = "Stages",
	.icon = "columns-3",
	.table = "pipeline_stages",
	.fields = fields,
	.field_count = COUNT_OF(fields),
	.title_field = "name",
	.default_sort = "position",
	.empty_hint =
		"Stages are the columns of your pipeline. A few are enough: new, contacted, estimate sent, won, lost.",
	.trash = true,
	.history = true,
	.before_write = before_write,
	.before_write_many = before_write_many,
};
