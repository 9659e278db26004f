#include "lib/crm/duplicate.h"

#include "lib/crm/contact.h"
#include "lib/crm/duplicate_sql.h"
#include "lib/crm/entities.h"
#include "lib/entity/phone.h"

const struct duplicate_reason_words duplicate_reasons[] = {
	{DUPLICATE_PHONE, "phone", "same phone"},
	{DUPLICATE_EMAIL, "email", "same e-mail"},
	{DUPLICATE_ADDRESS_NAME, "address_name", "same name and address"},
};
const size_t duplicate_reason_count = COUNT_OF(duplicate_reasons);

struct str duplicate_reasons_in_words(struct arena *arena, unsigned reasons)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < duplicate_reason_count; i++)
		if (reasons & duplicate_reasons[i].reason)
			buffer_printf(&out, "%s%s", out.length ? ", " : "", duplicate_reasons[i].label);
	return buffer_str(&out);
}

const char *const duplicate_entities[] = {"leads", "contacts", "properties", NULL};

bool duplicate_fits(const struct entity *entity)
{
	return duplicate_rules_of(entity) != NULL;
}

/* ---- rows like one ---- */

/* One arm each key: a few rows by its index, however many there are. */
#define ARM "%s(SELECT r.id FROM %s r WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND %s LIMIT 20)"

static struct str like_sql(struct arena *arena, const struct duplicate_rules *rules)
{
	struct buffer sql = BUFFER_IN(arena);

	BUFFER_LITERAL(&sql, "SELECT r.id, r.name, r.created_at, concat_ws(' '");
	for (size_t i = 0; i < rules->count; i++)
		buffer_printf(&sql, ", CASE WHEN %s THEN '%s' END", duplicate_is_like(arena, &rules->keys[i]).p,
			      rules->keys[i].word);
	BUFFER_LITERAL(&sql, ") FROM (");
	for (size_t i = 0; i < rules->count; i++)
		buffer_printf(&sql, ARM, i ? " UNION " : "", rules->table, duplicate_is_like(arena, &rules->keys[i]).p);
	buffer_printf(&sql, ") f JOIN %s r ON r.tenant_id = $1 AND r.id = f.id ORDER BY ", rules->table);
	for (size_t i = 0; i < rules->count; i++)
		buffer_printf(&sql, "%sCASE WHEN %s THEN %d ELSE 0 END", i ? " + " : "",
			      duplicate_is_like(arena, &rules->keys[i]).p, rules->keys[i].score);
	buffer_printf(&sql, " DESC, r.id LIMIT %d", DUPLICATES_MOST);
	return buffer_str(&sql);
}

static struct str text_if_field(const struct record *record, const char *name)
{
	return entity_field(record_entity(record), str_from(name)) < 0 ? STR_NONE : record_text(record, name);
}

struct rows *duplicate_send(struct ttx *tx, const struct entity *entity, const struct record *record)
{
	const struct duplicate_rules *rules = duplicate_rules_of(entity);
	struct arena *arena = ttx_arena(tx);
	struct str phone, email, address;
	struct argument *arguments;

	if (!rules)
		return NULL;
	phone = text_if_field(record, "phone");
	phone = str_absent(phone) ? phone : phone_e164(arena, phone);
	email = text_if_field(record, "email");
	address = text_if_field(record, "address");
	if (str_absent(phone) && str_absent(email) && str_absent(address))
		return NULL;
	arguments = arena_array(arena, 5, sizeof *arguments);
	arguments[0] = arg_str(text_if_field(record, "name"));
	arguments[1] = arg_str(address);
	arguments[2] = arg_str(text_if_field(record, "zip"));
	arguments[3] = arg_str(phone);
	arguments[4] = arg_str(email);
	return ttx_send_text(tx, "duplicates_like", like_sql(arena, rules),
			     (struct arguments){arguments, rules->arguments});
}

const char *duplicate_contact_field(const struct entity *entity)
{
	const struct duplicate_rules *rules = duplicate_rules_of(entity);

	return rules ? rules->contact : NULL;
}

struct rows *duplicate_contacts_send(struct ttx *tx, const struct record *record)
{
	const char *field = duplicate_contact_field(record_entity(record));

	return field && str_absent(record_text(record, field)) ? duplicate_send(tx, &contact_entity, record) : NULL;
}

static unsigned reasons_of(struct str words)
{
	unsigned reasons = 0;

	while (!str_absent(words)) {
		struct str word = str_split(&words, ' ');

		for (size_t i = 0; i < duplicate_reason_count; i++)
			if (str_is(word, duplicate_reasons[i].word))
				reasons |= duplicate_reasons[i].reason;
	}
	return reasons;
}

enum err duplicate_read(struct ttx *tx, struct rows *sent, struct duplicate **out, size_t *count)
{
	enum err err = sent ? rows_wait(sent) : OK;

	*count = 0;
	*out = arena_array(ttx_arena(tx), DUPLICATES_MOST, sizeof **out);
	while (err == OK && sent && *count < DUPLICATES_MOST && rows_next(sent))
		(*out)[(*count)++] = (struct duplicate){.id = rows_uuid(sent, 0),
							.title = rows_str(sent, 1),
							.created_at = rows_instant(sent, 2),
							.reasons = reasons_of(rows_str(sent, 3))};
	return err;
}

/* ---- the queue ---- */

#define COLUMNS                                                                                                        \
	"p.id, p.entity, p.first_id, p.second_id, p.reasons, p.score, p.state, p.version, p.created_at, p.updated_at"
/* Both rows are alive. */
#define PAIRS                                                                                                          \
	" FROM duplicate_pairs p JOIN {table} a ON a.tenant_id = $1 AND a.id = p.first_id AND a.deleted_at IS NULL"    \
	" JOIN {table} b ON b.tenant_id = $1 AND b.id = p.second_id AND b.deleted_at IS NULL"                          \
	" WHERE p.tenant_id = $1 AND p.entity = '{table}' AND p.state = "
#define LIST                                                                                                           \
	"(SELECT " COLUMNS PAIRS "$2 AND (p.score, p.id) < ($3::integer, $4::uuid)"                                    \
	" ORDER BY p.score DESC, p.id DESC LIMIT $5::bigint)"
#define COUNT "(SELECT count(*) FROM (SELECT" PAIRS "'open' LIMIT $2::bigint) x)"

STATEMENT(decide, "UPDATE duplicate_pairs p SET state = $3, version = version + (state <> $3)::integer,"
		  " updated_at = CASE WHEN state <> $3 THEN $4::timestamptz ELSE updated_at END"
		  " WHERE p.tenant_id = $1 AND p.id = $2 RETURNING " COLUMNS);

struct str duplicate_place_text(struct arena *arena, const struct duplicate_pair *pair)
{
	return arena_printf(arena, "%lld-%.*s", (long long)pair->score, STR_FMT_ARG(uuid_text(arena, pair->id)));
}

bool duplicate_place_parse(struct str text, struct duplicate_place *out)
{
	struct str score = str_split(&text, '-');

	return !str_absent(text) && str_to_int64(score, &out->score) && out->score >= 0 && out->score <= 100 &&
	       uuid_parse(text, &out->id);
}

static struct duplicate_pair pair_of(const struct rows *row)
{
	return (struct duplicate_pair){
		.id = rows_uuid(row, 0),
		.entity = entity_find(rows_str(row, 1)),
		.first = rows_uuid(row, 2),
		.second = rows_uuid(row, 3),
		.reasons = reasons_of(rows_str(row, 4)),
		.score = rows_int(row, 5),
		.state = rows_str(row, 6),
		.version = rows_int(row, 7),
		.created_at = rows_instant(row, 8),
		.updated_at = rows_instant(row, 9),
	};
}

/* The pattern for the entity, or for each of them with the word between. */
static struct str sql_for_each(struct arena *arena, const struct entity *only, const char *pattern, const char *between)
{
	struct buffer sql = BUFFER_IN(arena);

	for (size_t i = 0; i < duplicate_rules_count; i++)
		if (!only || duplicate_rules_of(only) == &duplicate_rules[i]) {
			if (sql.length)
				buffer_add_str(&sql, str_from(between));
			buffer_add_str(&sql, duplicate_sql(arena, &duplicate_rules[i], NULL, pattern));
		}
	return buffer_str(&sql);
}

enum err duplicate_list(struct ttx *tx, const struct duplicate_query *query, struct duplicate_pair **out, size_t *count,
			bool *more)
{
	struct arena *arena = ttx_arena(tx);
	bool begins = uuid_is_zero(query->after.id);
	struct rows *rows;
	struct str each = sql_for_each(arena, query->entity, LIST, " UNION ALL ");
	struct str sql = arena_printf(
		arena, "SELECT x.* FROM (%.*s) x ORDER BY x.score DESC, x.id DESC LIMIT $5::bigint", STR_FMT_ARG(each));
	enum err err = ttx_rows_text(tx, "duplicates_list", sql,
				     ARGS(arg_str(query->state), arg_int(arena, begins ? 1000 : query->after.score),
					  arg_uuid(arena, query->after.id), arg_int(arena, (int64_t)query->most + 1)),
				     &rows);

	*count = 0;
	*out = arena_array(arena, query->most + 1, sizeof **out);
	while (err == OK && *count < query->most && rows_next(rows))
		(*out)[(*count)++] = pair_of(rows);
	*more = err == OK && rows_count(rows) > query->most;
	return err;
}

enum err duplicate_counts(struct ttx *tx, int64_t *counts)
{
	struct arena *arena = ttx_arena(tx);
	struct str each = sql_for_each(arena, NULL, COUNT, ", ");
	struct rows *row;
	enum err err = ttx_rows_text(tx, "duplicates_count", arena_printf(arena, "SELECT %.*s", STR_FMT_ARG(each)),
				     ARGS(arg_int(arena, DUPLICATE_COUNT_MOST)), &row);

	if (err == OK && !rows_next(row))
		err = E_INTERNAL;
	for (int i = 0; err == OK && duplicate_entities[i]; i++)
		counts[i] = rows_int(row, i);
	return err;
}

enum err duplicate_decide(struct ttx *tx, struct uuid id, const char *state, struct duplicate_pair *out)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *row;
	enum err err =
		ttx_one(tx, &decide, ARGS(arg_uuid(arena, id), arg_text(state), arg_instant(arena, ttx_now(tx))), &row);

	if (err == OK)
		*out = pair_of(row);
	return err;
}
