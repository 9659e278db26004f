/* Which of two values holds, field by field. */
#include "lib/crm/merge_internal.h"

#include "lib/entity/phone.h"

static const char *const sides[] = {[MERGE_KEPT] = "keep", [MERGE_OTHER] = "remove", [MERGE_BOTH] = "both"};

const char *merge_side_name(enum merge_side side)
{
	return sides[side];
}

bool merge_side_find(struct str name, enum merge_side *out)
{
	for (size_t i = MERGE_KEPT; i < COUNT_OF(sides); i++)
		if (str_is(name, sides[i])) {
			*out = (enum merge_side)i;
			return true;
		}
	return false;
}

/*
 * Fields that mean nothing without another. `always`: nobody chooses them by themselves. Otherwise the default alone
 * follows: the ZIP code of one address is not filled in below another.
 */
static const struct follow {
	const char *plural, *field, *leader;
	bool always;
} follows[] = {
	{"leads", "city", "address", false},
	{"leads", "state", "address", false},
	{"leads", "zip", "address", false},
	{"leads", "next_step_at", "next_step", false},
	{"leads", "utm_medium", "utm_source", false},
	{"leads", "utm_campaign", "utm_source", false},
	{"leads", "lost_reason", "status", true},
	{"leads", "stage_id", "status", true},
	{"leads", "score_reasons", "score", true},
	{"leads", "sms_consent_text", "sms_consent", true},
	{"leads", "sms_consent_at", "sms_consent", true},
	{"leads", "converted_at", "contact_id", true},
	{"leads", "first_response_kind", "first_response_at", true},
	{"leads", "first_response_by", "first_response_at", true},
	{"leads", "first_response_seconds", "first_response_at", true},
	{"contacts", "city", "address", false},
	{"contacts", "state", "address", false},
	{"contacts", "zip", "address", false},
	{"contacts", "sms_consent_text", "sms_consent", true},
	{"contacts", "sms_consent_at", "sms_consent", true},
	{"properties", "city", "address", false},
	{"properties", "state", "address", false},
	{"properties", "zip", "address", false},
	{"properties", "billing_city", "billing_address", false},
	{"properties", "billing_state", "billing_address", false},
	{"properties", "billing_zip", "billing_address", false},
};

static const struct follow *follow_of(const struct entity *entity, const char *field)
{
	for (size_t i = 0; i < COUNT_OF(follows); i++)
		if (strcmp(follows[i].plural, entity->plural) == 0 && strcmp(follows[i].field, field) == 0)
			return &follows[i];
	return NULL;
}

static bool leads_others(const struct entity *entity, const char *field)
{
	for (size_t i = 0; i < COUNT_OF(follows); i++)
		if (strcmp(follows[i].plural, entity->plural) == 0 && strcmp(follows[i].leader, field) == 0)
			return true;
	return false;
}

int fields_of_tags(const struct entity *entity)
{
	for (size_t i = 0; entity->tags_table && i < entity->field_count; i++)
		if (entity->fields[i].type == FIELD_TAGS)
			return (int)i;
	return -1;
}

/* ---- one field ---- */

static bool is_empty(const struct field *field, struct str value)
{
	return value.n == 0 || (field->type == FIELD_MONEY && str_is(value, "0"));
}

/* However it is written. */
static bool is_same(struct arena *arena, const struct field *field, struct str one, struct str other)
{
	if (str_absent(one) || str_absent(other))
		return str_absent(one) == str_absent(other);
	if (field->type == FIELD_EMAIL)
		return str_equal_nocase(one, other);
	if (field->type == FIELD_PHONE && !str_absent(phone_e164(arena, one)))
		return str_equal(phone_e164(arena, one), phone_e164(arena, other));
	return str_equal(one, other);
}

static bool is_writable(const struct field *field)
{
	return field->type != FIELD_TAGS && field->type != FIELD_PASSWORD &&
	       !(field->flags & (FIELD_READ_ONLY | FIELD_INTERNAL | FIELD_WRITE_ONLY | FIELD_CREATE_ONLY));
}

enum err fields_reference_stands(struct ttx *tx, const struct field *field, struct str value, bool *stands)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err;

	*stands = true;
	if (field->type != FIELD_REFERENCE || value.n == 0)
		return OK;
	err = ttx_rows_text(tx, "merge_reference",
			    arena_printf(arena, "SELECT 1 FROM %s WHERE tenant_id = $1 AND id = $2%s%s",
					 field->references, field->reference_condition ? " AND " : "",
					 field->reference_condition ? field->reference_condition : ""),
			    ARGS(arg_str(value)), &rows);
	*stands = err == OK && rows_count(rows) > 0;
	return err;
}

struct plan {
	struct ttx *tx;
	const struct entity *entity;
	struct merge_preview *preview;
	bool refused; /* something that was chosen cannot be */
};

static struct str kept_value(const struct plan *plan, size_t i)
{
	return record_get(plan->preview->kept, (int)i);
}

static struct str gone_value(const struct plan *plan, size_t i)
{
	return record_get(plan->preview->gone, (int)i);
}

static struct merge_field *leader_of(const struct plan *plan, const struct follow *follow, size_t *at)
{
	int field = entity_field(plan->entity, str_from(follow->leader));

	if (field < 0)
		return NULL;
	*at = (size_t)field;
	return &plan->preview->fields[field];
}

/* The other's value where the kept row has none. */
static enum err fill(const struct plan *plan, size_t i)
{
	const struct field *field = &plan->entity->fields[i];
	bool stands;
	enum err err;

	if (!is_empty(field, kept_value(plan, i)) || is_empty(field, gone_value(plan, i)))
		return OK;
	err = fields_reference_stands(plan->tx, field, gone_value(plan, i), &stands);
	if (err == OK && stands)
		plan->preview->fields[i].side = MERGE_OTHER;
	return err;
}

static enum err begin(const struct plan *plan, size_t i)
{
	const struct field *field = &plan->entity->fields[i];
	const struct follow *follow = follow_of(plan->entity, field->name);
	struct merge_field *out = &plan->preview->fields[i];
	struct str kept = kept_value(plan, i), gone = gone_value(plan, i);
	bool writable = is_writable(field), always = follow && follow->always;

	out->side = MERGE_KEPT;
	out->differs = !is_same(ttx_arena(plan->tx), field, kept, gone);
	out->choosable = out->differs && writable && !always;
	out->told = out->differs && !(field->flags & (FIELD_API_ONLY | FIELD_INTERNAL)) && (writable || always);
	out->joinable = out->choosable && field->type == FIELD_LONG_TEXT && kept.n && gone.n;
	return (writable || leads_others(plan->entity, field->name)) && !follow ? fill(plan, i) : OK;
}

/* The default of what follows, once that of its leader is known. */
static enum err follow_default(const struct plan *plan, size_t i, const struct follow *follow)
{
	const struct field *field = &plan->entity->fields[i];
	size_t at;
	const struct merge_field *leader = leader_of(plan, follow, &at);

	if (!leader || !leader->differs)
		return fill(plan, i);
	if (leader->side == MERGE_OTHER && (follow->always || !is_empty(field, gone_value(plan, i))))
		plan->preview->fields[i].side = MERGE_OTHER;
	else if (leader->side == MERGE_KEPT && !follow->always &&
		 is_empty(&plan->entity->fields[at], gone_value(plan, at)))
		return fill(plan, i);
	return OK;
}

/* ---- what was chosen ---- */

static enum err choose(struct plan *plan, const struct merge_choice *choice, struct errors *errors)
{
	const struct field *field = &plan->entity->fields[choice->field];
	struct merge_field *out = &plan->preview->fields[choice->field];
	bool stands;
	enum err err;

	if (!out->differs)
		return OK;
	if (!out->choosable) {
		plan->refused = true;
		errors_add(errors, field->name, "not_a_choice", "%s cannot be chosen by itself.", field->label);
		return OK;
	}
	if (choice->side == MERGE_BOTH && !out->joinable) {
		plan->refused = true;
		errors_add(errors, field->name, "not_a_choice", "Of %s only one can be kept.", field->label);
		return OK;
	}
	out->side = choice->side;
	err = choice->side == MERGE_OTHER
		      ? fields_reference_stands(plan->tx, field, gone_value(plan, (size_t)choice->field), &stands)
		      : OK;
	if (err == OK && choice->side == MERGE_OTHER && !stands) {
		plan->refused = true;
		errors_add(errors, field->name, "not_found", "%s is not one of those that can be chosen any more.",
			   field->label);
	}
	return err;
}

static enum err follow_always(const struct plan *plan, size_t i, const struct follow *follow)
{
	struct merge_field *out = &plan->preview->fields[i];
	bool stands;
	size_t at;
	const struct merge_field *leader = leader_of(plan, follow, &at);
	enum err err;

	if (!leader || !leader->differs)
		return OK;
	err = fields_reference_stands(plan->tx, &plan->entity->fields[i], gone_value(plan, i), &stands);
	out->side = leader->side == MERGE_OTHER && err == OK && stands ? MERGE_OTHER : MERGE_KEPT;
	return err;
}

/* ---- tags ---- */

static int compare(struct str a, struct str b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static bool holds(struct str lines, struct str name)
{
	while (!str_absent(lines))
		if (str_equal(str_split(&lines, '\n'), name))
			return true;
	return false;
}

static size_t count_lines(struct str lines)
{
	size_t count = lines.n > 0;

	for (size_t i = 0; i < lines.n; i++)
		count += lines.p[i] == '\n';
	return count;
}

static void plan_tags(const struct plan *plan, int field)
{
	struct merge_preview *preview = plan->preview;
	struct arena *arena = ttx_arena(plan->tx);
	struct buffer added = BUFFER_IN(arena), dropped = BUFFER_IN(arena);
	struct str kept = record_get(preview->kept, field), gone = record_get(preview->gone, field);
	size_t count = count_lines(kept);

	preview->fields[field] = (struct merge_field){.side = MERGE_KEPT};
	while (!str_absent(gone)) {
		struct str name = str_split(&gone, '\n');
		struct buffer *to = count < TAGS_MOST ? &added : &dropped;

		if (name.n == 0 || holds(kept, name))
			continue;
		if (to->length)
			buffer_add_char(to, '\n');
		buffer_add_str(to, name);
		count++;
	}
	preview->tags_added = added.length ? buffer_str(&added) : STR_NONE;
	preview->tags_dropped = dropped.length ? buffer_str(&dropped) : STR_NONE;
}

/* Two lists that are in order each. */
static struct str united(struct arena *arena, struct str one, struct str other)
{
	struct buffer out = BUFFER_IN(arena);

	while (one.n || other.n) {
		struct str *next = !one.n ? &other : !other.n ? &one : NULL, rest_one = one, rest_other = other;

		if (!next)
			next = compare(str_split(&rest_one, '\n'), str_split(&rest_other, '\n')) <= 0 ? &one : &other;
		if (out.length)
			buffer_add_char(&out, '\n');
		buffer_add_str(&out, str_split(next, '\n'));
	}
	return buffer_str(&out);
}

/* ---- the whole ---- */

enum err fields_plan(struct ttx *tx, const struct merge_order *order, struct errors *errors,
		     struct merge_preview *preview)
{
	const struct entity *entity = order->entity;
	struct plan plan = {tx, entity, preview, false};
	enum err err = OK;

	preview->fields = arena_array(ttx_arena(tx), entity->field_count + 1, sizeof *preview->fields);
	preview->tags_added = preview->tags_dropped = STR_NONE;
	for (size_t i = 0; err == OK && i < entity->field_count; i++)
		err = begin(&plan, i);
	for (size_t i = 0; err == OK && i < entity->field_count; i++)
		if (follow_of(entity, entity->fields[i].name))
			err = follow_default(&plan, i, follow_of(entity, entity->fields[i].name));
	for (size_t i = 0; err == OK && i < order->count; i++)
		err = choose(&plan, &order->choices[i], errors);
	for (size_t i = 0; err == OK && i < entity->field_count; i++) {
		const struct follow *follow = follow_of(entity, entity->fields[i].name);

		if (follow && follow->always)
			err = follow_always(&plan, i, follow);
	}
	if (fields_of_tags(entity) >= 0)
		plan_tags(&plan, fields_of_tags(entity));
	return err == OK && plan.refused ? E_INVALID : err;
}

/* Both texts; the field says how long a text may be. */
static enum err join(struct arena *arena, const struct field *field, struct record *change, int at, struct str kept,
		     struct str gone, struct errors *errors)
{
	struct record *checked = record_new(arena, record_entity(change));
	struct value *body = value_map(arena);

	value_put_str(body, field->name, arena_printf(arena, "%.*s\n\n%.*s", STR_FMT_ARG(kept), STR_FMT_ARG(gone)));
	if (record_from_json(checked, WRITE_UPDATE, body, errors) != OK)
		return E_INVALID;
	record_set(change, at, record_get(checked, at));
	return OK;
}

enum err fields_change(struct ttx *tx, const struct merge_preview *preview, struct errors *errors,
		       struct record **change)
{
	struct arena *arena = ttx_arena(tx);
	const struct entity *entity = preview->entity;
	int tags = fields_of_tags(entity);
	enum err err = OK;

	*change = record_new(arena, entity);
	for (size_t i = 0; err == OK && i < entity->field_count; i++) {
		struct str kept = record_get(preview->kept, (int)i), gone = record_get(preview->gone, (int)i);

		if (preview->fields[i].side == MERGE_BOTH)
			err = join(arena, &entity->fields[i], *change, (int)i, kept, gone, errors);
		else if (preview->fields[i].side == MERGE_OTHER && preview->fields[i].differs)
			record_set(*change, (int)i, gone);
	}
	if (tags >= 0 && preview->tags_added.n)
		record_set(*change, tags, united(arena, record_get(preview->kept, tags), preview->tags_added));
	return err;
}
