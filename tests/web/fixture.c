#include "tests/web/fixture.h"

#include "lib/crm/entities.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/link.h"
#include "lib/tenant/operator.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/session.h"
#include "lib/tenant/user.h"

#include <time.h>

struct web *web;

int fixture_open(void **state)
{
	(void)state;
	web = web_open();
	return 0;
}

int fixture_close(void **state)
{
	(void)state;
	web_close(web);
	return 0;
}

struct str text(const char *format, ...)
{
	struct buffer out = BUFFER_IN(web->arena);
	va_list arguments;

	va_start(arguments, format);
	buffer_vprintf(&out, format, arguments);
	va_end(arguments);
	return buffer_str(&out);
}

void settle(void)
{
	const struct timespec moment = {0, 30000000};

	(void)nanosleep(&moment, NULL);
	pg_poll(web->app.app_pg);
}

/* ---- companies ---- */

static struct record *record_with(const struct entity *entity, const char *const *pairs)
{
	struct record *record = record_new(web->arena, entity);
	struct value *body = value_map(web->arena);

	for (; *pairs; pairs += 2)
		value_put_text(body, pairs[0], pairs[1]);
	MUST(record_from_json(record, WRITE_CREATE, body, errors_new(web->arena)));
	return record;
}
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct tenant *tenant_of(const struct company *company)
{
	struct tenant *tenant;

	MUST(resolver_by_slug(web->app.resolver, web->arena, company->slug, &tenant));
	return tenant;
}

static void make_person(struct company *company, enum role role, struct ttx *tx, const struct tenant *tenant,
			const struct principal *owner)
{
	struct session_origin origin = {STR_NONE, STR_NONE};
	struct errors *errors = errors_new(web->arena);
	struct uuid id = owner->user_id;
	struct session session;

	company->email[role] = text("%s@%.*s.example", role_name(role), STR_FMT_ARG(company->slug));
	if (role != ROLE_OWNER) {
		struct record *user = record_new(web->arena, &user_entity);
		struct api_key *key;

		record_set_text(user, "name", text("The %s", role_label(role)));
		record_set_text(user, "email", company->email[role]);
		record_set_text(user, "role", str_from(role_name(role)));
		record_set_text(user, "is_active", STR("t"));
		MUST(user_create(tx, tenant, owner, user, errors));
		id = record_id(user);
		MUST(api_key_create(
			tx, tenant, owner,
			record_with(&api_key_entity, PAIRS("name", role_label(role), "role", role_name(role))), errors,
			&key));
		company->key[role] = key->secret;
	}
	company->user[role] = uuid_text(web->arena, id);
	MUST(session_start(tx, tenant, id, &origin, &session));
	company->session[role] = session.token;
}

void company_make(struct company *company, const char *stem)
{
	struct principal owner = {
		.kind = CREDENTIAL_SESSION, .role = ROLE_OWNER, .name = STR("The Owner"), .email = STR("")};
	struct tenant_made made;
	struct tenant *tenant;
	struct stx *stx;
	struct ttx *tx;
	char random[9];

	random_base62(random, 8);
	for (char *c = random; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
	company->slug = text("%s-%s", stem, random);
	stx = stx_begin(web->app.auth_pg, web->arena, "web test", TX_WRITE);
	MUST(tenant_create(stx,
			   record_with(&tenant_create_entity,
				       PAIRS("name", text("%s of the web tests", stem).p, "slug", company->slug.p,
					     "owner_email", text("owner@%s.example", company->slug.p).p, "owner_name",
					     "The Owner", "owner_password", PASSWORD, "plan_tier", "enterprise")),
			   errors_new(web->arena), &made));
	MUST(stx_commit(stx));
	company->id = made.tenant_id;
	owner.user_id = made.user_id;
	tenant = tenant_of(company);
	tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);
	for (enum role role = ROLE_VIEWER; role <= ROLE_OWNER; role++)
		make_person(company, role, tx, tenant, &owner);
	MUST(ttx_commit(tx));
}

int fixture_companies(void **state, struct company *acme, struct company *other)
{
	(void)fixture_open(state);
	company_make(acme, "acme");
	company_make(other, "other");
	return 0;
}

void company_set(const struct company *company, const char *assignment)
{
	struct stx *stx;

	test_sql("UPDATE tenants SET %s WHERE tenant_id = '%.*s'", assignment,
		 STR_FMT_ARG(uuid_text(web->arena, company->id)));
	stx = stx_begin(web->app.auth_pg, web->arena, "web test", TX_WRITE);
	MUST(tenant_changed_by_system(stx, company->id));
	MUST(stx_commit(stx));
	settle();
}

struct str company_lead(const struct company *company, const char *name)
{
	struct record *lead = record_with(entity_find(STR("leads")), PAIRS("name", name));
	struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, tenant_of(company)->scope, TX_WRITE);

	MUST(entity_insert(tx, lead, errors_new(web->arena)));
	MUST(ttx_commit(tx));
	return uuid_text(web->arena, record_id(lead));
}

struct str company_stage(const struct company *company, const char *name)
{
	return arena_copy(
		web->arena,
		test_sql_value("SELECT id::text FROM pipeline_stages WHERE tenant_id = '%.*s' AND name = '%s'",
			       STR_FMT_ARG(uuid_text(web->arena, company->id)), name));
}

const struct response *ask_api(const struct company *company, struct str bearer, enum method method, const char *path,
			       const char *json)
{
	return ASK(.method = method, .host = company->slug, .path = path, .bearer = bearer, .json = json,
		   .headers = {{"if-match", "*"}});
}

const struct response *ask_move(const struct company *company, struct str lead, const char *format, struct str stage,
				struct str second)
{
	return ask_api(company, company->session[ROLE_MEMBER], METHOD_POST,
		       text("/api/leads/%.*s/move", STR_FMT_ARG(lead)).p,
		       text("{\"stage_id\":\"%.*s\"%s%.*s%s}", STR_FMT_ARG(stage), format ? format : "",
			    STR_FMT_ARG(second), format ? "\"" : "")
			       .p);
}

struct str operator_key(void)
{
	struct stx *stx = stx_begin(web->app.auth_pg, web->arena, "web test", TX_WRITE);
	struct operator_key *key;
	struct str secret;

	MUST(operator_key_create(stx, STR("web test"), &key, &secret));
	MUST(stx_commit(stx));
	return secret;
}

struct str company_link(const struct company *company, int purpose, enum role role)
{
	const struct tenant *tenant = tenant_of(company);
	struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);
	struct uuid user;
	struct link link;

	assert_true(uuid_parse(company->user[role], &user));
	MUST(link_make(tx, tenant, (enum link_purpose)purpose, user, &link));
	MUST(ttx_commit(tx));
	return link.text;
}
