#include "lib/crm/web_request.h"

#include "lib/base/clock.h"
#include "lib/crm/lead.h"
#include "lib/crm/web_consent.h"
#include "lib/crm/web_lead.h"
#include "lib/text/json.h"

#include <sodium.h>

#define SECOND_CLICK (10 * 60 * MICROSECONDS_PER_SECOND)
#define TAKEN_AT_ONCE 50

const char *const web_request_attributions[] = {"utm_source", "utm_medium",         "utm_campaign",
						"utm_term",   "utm_content",        "gclid",
						"fbclid",     WEB_REQUEST_REFERRER, NULL};

/* ---- what a form asks for ---- */

/* A field of the lead, in the words for somebody who fills in a form about themselves. */
static const struct {
	const char *name, *asked_by; /* the form's field that says so; NULL: always */
	const char *label, *autocomplete;
} asked[] = {
	{"name", NULL, "Your name", "name"},
	{"phone", "ask_phone", "Phone", "tel"},
	{"email", "ask_email", "E-mail", "email"},
	{"address", "ask_address", "Street address", "street-address"},
	{"zip", "ask_zip", "ZIP code", "postal-code"},
	{"trade", "ask_trade", "What is it about?", NULL},
	{"urgency", "ask_urgency", "How urgent is it?", NULL},
	{"notes", "ask_notes", "What can we do for you?", NULL},
};

static bool is_asked(const struct record *form, size_t i, bool *required)
{
	struct str how = asked[i].asked_by ? record_text(form, asked[i].asked_by) : STR("required");

	*required = str_is(how, "required");
	return !str_is(how, "off");
}

static struct field consent_field(struct arena *arena, struct str words)
{
	return (struct field){.name = WEB_REQUEST_CONSENT,
			      .label = arena_c_string(arena, words),
			      .type = FIELD_BOOL,
			      .tick = arena_c_string(arena, web_consent_name(arena, words))};
}

const struct entity *web_request_input(struct arena *arena, const struct record *form)
{
	struct entity *input = ARENA_NEW(arena, struct entity);
	struct field *fields = arena_array(arena, COUNT_OF(asked) + 1, sizeof(*fields));
	bool required;

	*input = (struct entity){.name = "web_request",
				 .plural = "web_requests",
				 .label = "Request",
				 .label_plural = "Requests",
				 .fields = fields};
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const struct field *of_lead = &lead_entity.fields[entity_field(&lead_entity, str_from(asked[i].name))];

		if (!is_asked(form, i, &required))
			continue;
		fields[input->field_count++] = (struct field){
			.name = of_lead->name,
			.label = asked[i].label,
			.type = of_lead->type,
			.flags = required ? FIELD_REQUIRED : 0,
			.minimum = of_lead->minimum,
			.maximum = of_lead->maximum,
			.choices = of_lead->choices,
			.autocomplete = asked[i].autocomplete,
		};
	}
	if (record_text(form, "consent_text").n)
		fields[input->field_count++] = consent_field(arena, record_text(form, "consent_text"));
	return input;
}

/* ---- reading ---- */

/* The field, where the input has it and something was given. */
static struct str given(const struct record *sent, const char *name)
{
	int field = entity_field(record_entity(sent), str_from(name));

	return field < 0 ? STR_NONE : record_get(sent, field);
}

static void check_reachable(const struct record *sent, struct errors *errors)
{
	static const char *const ways[] = {"phone", "email"};
	const char *first = NULL;

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		if (given(sent, ways[i]).n || errors_for(errors, ways[i]))
			return;
		if (!first && entity_field(record_entity(sent), str_from(ways[i])) >= 0)
			first = ways[i];
	}
	errors_add(errors, first ? first : "name", "required",
		   "Please give a phone number or an e-mail address, so that we can answer.");
}

/* The inputs of the typed that pass; the text of the box of consent is `tick`. */
static struct form known_of(struct arena *arena, const struct entity *input, const struct form *typed, struct str tick)
{
	struct form known = {NULL, 0};
	const struct form_field **end = &known.first;

	for (const struct form_field *field = typed->first; field; field = field->next) {
		bool is_consent = str_is(field->name, WEB_REQUEST_CONSENT);
		struct form_field *copy;

		if (entity_field(input, field->name) < 0 || !str_absent(field->file_name) ||
		    (is_consent && str_absent(tick)))
			continue;
		copy = ARENA_NEW(arena, struct form_field);
		*copy = *field;
		copy->next = NULL;
		if (is_consent)
			copy->text = tick;
		*end = copy;
		end = &copy->next;
		known.count++;
	}
	return known;
}

struct form web_request_again(struct arena *arena, const struct record *form, const struct form *typed)
{
	struct str name = form_text(typed, WEB_REQUEST_CONSENT);

	return known_of(arena, web_request_input(arena, form), typed,
			web_consent_is_now(arena, form, name) ? name : STR_NONE);
}

enum err web_request_read(struct arena *arena, const struct record *form, const struct form *typed,
			  struct errors *errors, struct record **out)
{
	const struct entity *input = web_request_input(arena, form);
	struct form known = known_of(arena, input, typed, STR("t"));

	*out = record_new(arena, input);
	if (record_from_form(*out, WRITE_CREATE, &known, NULL, errors) == OK)
		check_reachable(*out, errors);
	return errors_any(errors) ? E_INVALID : OK;
}

/* ---- taking ---- */

/* Whoever sends to the same form waits: a second click is told from the first. */
STATEMENT(form_lock,
	  "SELECT id FROM web_forms WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE");
STATEMENT(sent_before, "SELECT 1 FROM web_requests WHERE tenant_id = $1 AND form_id = $2 AND fingerprint = $3"
		       " AND created_at > $4 LIMIT 1");
STATEMENT(
	request_insert,
	"INSERT INTO web_requests (tenant_id, id, form_id, state, lead_id, known_as, fields, attribution, consent_text,"
	" address, user_agent, fingerprint, created_at)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

static struct value *values_of(struct arena *arena, const struct web_request *request)
{
	const struct entity *input = record_entity(request->sent);
	struct value *map = value_map(arena);

	for (size_t i = 0; i < input->field_count; i++)
		if (record_get(request->sent, (int)i).n && strcmp(input->fields[i].name, WEB_REQUEST_CONSENT) != 0)
			value_put_str(map, input->fields[i].name, record_get(request->sent, (int)i));
	if (request->consent.n)
		value_put_str(map, WEB_REQUEST_CONSENT, request->consent);
	return map;
}

static struct str as_json(struct arena *arena, const struct value *map)
{
	struct buffer text = BUFFER_IN(arena);

	json_print(map, &text);
	return buffer_str(&text);
}

static struct uuid fingerprint(struct str fields)
{
	struct uuid out;

	crypto_generichash(out.bytes, sizeof(out.bytes), (const unsigned char *)fields.p, fields.n, NULL, 0);
	return out;
}

static enum err is_second_click(struct ttx *tx, struct uuid form, struct uuid print, bool *second)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *locked, *before;
	enum err err;

	locked = ttx_send(tx, &form_lock, ARGS(arg_uuid(arena, form)));
	err = ttx_rows(
		tx, &sent_before,
		ARGS(arg_uuid(arena, form), arg_uuid(arena, print), arg_instant(arena, ttx_now(tx) - SECOND_CLICK)),
		&before);
	if (err == OK)
		err = rows_wait(locked);
	*second = err == OK && rows_count(before) > 0;
	return err == OK && rows_count(locked) == 0 ? E_NOTFOUND : err;
}

static enum err write_down(struct ttx *tx, const struct web_request *request, const struct web_lead *lead,
			   struct str fields)
{
	struct arena *arena = ttx_arena(tx);
	bool held = str_absent(lead->id);

	return ttx_exec(tx, &request_insert,
			ARGS(arg_uuid(arena, uuid_new()), arg_uuid(arena, record_id(request->form)),
			     arg_text(held ? "held" : "taken"), arg_str(lead->id), arg_text(lead->known_as),
			     arg_str(fields), arg_str(as_json(arena, request->attribution)),
			     arg_str(lead->consent_text), arg_str(request->address.n ? request->address : STR("")),
			     arg_str(request->user_agent), arg_uuid(arena, fingerprint(fields)),
			     arg_instant(arena, ttx_now(tx))),
			NULL);
}

/* Beside words that the form never had nobody has agreed to anything that we could show. */
static enum err agreed_to(struct ttx *tx, const struct web_request *request, struct errors *errors, struct str *words)
{
	enum err err = web_consent_find(tx, request->form, request->consent, words);

	if (err || !str_absent(*words) || request->consent.n == 0 || !request->own_page ||
	    str_absent(record_text(request->form, "consent_text")))
		return err;
	errors_add(errors, WEB_REQUEST_CONSENT, "changed",
		   "These words have changed meanwhile. Please read them again, and tick the box if you agree.");
	return E_INVALID;
}

enum err web_request_take(struct ttx *tx, const struct web_request *request, struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct value *values = values_of(arena, request);
	struct str fields = as_json(arena, values);
	bool second;
	struct web_lead lead = {
		.form = request->form, .fields = values, .attribution = request->attribution, .sent_at = ttx_now(tx)};
	enum err err = agreed_to(tx, request, errors, &lead.consent_text);

	if (err == OK)
		err = is_second_click(tx, record_id(request->form), fingerprint(fields), &second);
	if (err || second)
		return err;
	if (!request->closed)
		err = web_lead_make(tx, &lead, errors);
	/* No room: it waits, and whoever sent it need not know. */
	if (err == E_LIMIT)
		err = OK;
	return err ? err : write_down(tx, request, &lead, fields);
}

/* ---- those that wait ---- */

STATEMENT(held_some, "SELECT id, fields::text, attribution::text, consent_text, created_at FROM web_requests"
		     " WHERE tenant_id = $1"
		     " AND form_id = $2 AND state = 'held' ORDER BY created_at, id LIMIT $3 FOR UPDATE");
STATEMENT(held_count, "SELECT count(*) FROM web_requests WHERE tenant_id = $1 AND form_id = $2 AND state = 'held'");
STATEMENT(held_taken, "UPDATE web_requests SET state = 'taken', lead_id = $3, known_as = $4 WHERE tenant_id = $1"
		      " AND id = $2");

static enum err take_one(struct ttx *tx, const struct record *form, struct rows *rows)
{
	struct arena *arena = ttx_arena(tx);
	struct value *fields, *attribution;
	struct web_lead lead = {.form = form, .consent_text = rows_str(rows, 3), .sent_at = rows_instant(rows, 4)};
	struct str why;
	enum err err = json_parse(arena, rows_str(rows, 1), &json_limits_request, &fields, &why);

	if (err == OK)
		err = json_parse(arena, rows_str(rows, 2), &json_limits_request, &attribution, &why);
	if (err)
		return E_INTERNAL;
	lead.fields = fields;
	lead.attribution = attribution;
	err = web_lead_make(tx, &lead, errors_new(arena));
	return err ? err
		   : ttx_exec(tx, &held_taken,
			      ARGS(arg_uuid(arena, rows_uuid(rows, 0)), arg_str(lead.id), arg_text(lead.known_as)),
			      NULL);
}

enum err web_request_take_held(struct ttx *tx, const struct record *form, int64_t *taken)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err =
		ttx_rows(tx, &held_some, ARGS(arg_uuid(arena, record_id(form)), arg_int(arena, TAKEN_AT_ONCE)), &rows);

	*taken = 0;
	while (err == OK && rows_next(rows)) {
		err = take_one(tx, form, rows);
		*taken += err == OK;
	}
	return err == E_LIMIT ? OK : err;
}

enum err web_request_count_held(struct ttx *tx, struct uuid form, int64_t *count)
{
	struct rows *rows;
	enum err err = ttx_one(tx, &held_count, ARGS(arg_uuid(ttx_arena(tx), form)), &rows);

	*count = err ? 0 : rows_int(rows, 0);
	return err;
}

STATEMENT(held_discard, "DELETE FROM web_requests WHERE tenant_id = $1 AND form_id = $2 AND state = 'held'"
			" AND id = ANY($3::uuid[])");

enum err web_request_discard(struct ttx *tx, struct uuid form, struct str ids, int64_t *discarded)
{
	return ttx_exec(tx, &held_discard, ARGS(arg_uuid(ttx_arena(tx), form), arg_str(ids)), discarded);
}

/* ---- what was sent ---- */

#define REQUESTS                                                                                                       \
	"SELECT id, lead_id, state, known_as, fields->>'name', fields::text, attribution::text, consent_text, "        \
	"address,"                                                                                                     \
	" user_agent, created_at FROM web_requests WHERE tenant_id = $1 AND form_id = $2"                              \
	" AND ($3::uuid IS NULL OR (created_at, id) < (SELECT b.created_at, b.id FROM web_requests b"                  \
	" WHERE b.tenant_id = $1 AND b.id = $3::uuid))"
#define NEWEST_FIRST " ORDER BY created_at DESC, id DESC LIMIT $4"
STATEMENT(requests_newest, REQUESTS NEWEST_FIRST);
STATEMENT(requests_held, REQUESTS " AND state = 'held'" NEWEST_FIRST);

enum err web_request_list(struct ttx *tx, const struct web_request_query *query, struct web_request_row **out,
			  size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, query->held ? &requests_held : &requests_newest,
				ARGS(arg_uuid(arena, query->form),
				     uuid_is_zero(query->before) ? arg_str(STR_NONE) : arg_uuid(arena, query->before),
				     arg_int(arena, query->limit)),
				&rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof(**out));
	while (rows_next(rows))
		(*out)[(*count)++] = (struct web_request_row){
			.id = rows_uuid(rows, 0),
			.lead_id = rows_null(rows, 1) ? uuid_zero() : rows_uuid(rows, 1),
			.state = rows_str(rows, 2),
			.known_as = rows_str(rows, 3),
			.name = rows_str(rows, 4),
			.fields = rows_str(rows, 5),
			.attribution = rows_str(rows, 6),
			.consent_text = rows_str(rows, 7),
			.address = rows_str(rows, 8),
			.user_agent = rows_str(rows, 9),
			.created_at = rows_instant(rows, 10),
		};
	return OK;
}
