/* Five demo companies, made the way a real one is: provisioned, then filled under row level security. Existing ones are left alone. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/crm/pipeline.h"
#include "lib/tenant/api_key.h"
#include "lib/tenant/provision.h"
#include "lib/tenant/user.h"

#include <stdio.h>
#include <stdlib.h>

#define DEMO_PASSWORD "sunny-side-up-rooftop"

struct demo {
	const char *slug, *name, *industry, *plan, *owner, *city, *area_code;
	int leads;
};
static const struct demo demos[] = {
	{"acme-hvac", "Acme HVAC Services", "hvac", "professional", "Dana Whitfield", "Austin", "512", 64},
	{"elite-plumbing", "Elite Plumbing", "plumbing", "starter", "Marcus Reyes", "Denver", "303", 31},
	{"summit-heating", "Summit Heating & Air", "hvac", "starter", "Priya Nair", "Boise", "208", 22},
	{"blue-river", "Blue River Mechanical", "both", "enterprise", "Tom Okafor", "Kansas City", "816", 40},
	{"northside-comfort", "Northside Comfort", "hvac", "starter", "Ellen Brandt", "Minneapolis", "612", 12},
};

static const char *const first_names[] = {"Karen", "Luis",   "Olivia", "Henry", "Grace", "Dmitri", "Aisha", "Paul",
					  "Nina",  "Walter", "Rosa",   "Ben",   "Tara",  "Yusuf",  "Molly", "Greg"};
static const char *const last_names[] = {"Abbott", "Castillo", "Nguyen", "Fischer",    "Hughes", "Patel",
					 "Romero", "Sullivan", "Turner", "Washington", "Keller"};
static const char *const jobs[] = {
	"AC is blowing warm air upstairs; unit is about 12 years old.",
	"No heat since last night, two small children in the house.",
	"Wants a quote to replace a 40-gallon water heater.",
	"Slow drain in the master bath, tried the usual remedies.",
	"Yearly maintenance plan, two systems.",
	"Leak under the kitchen sink, water is shut off.",
	"New construction, ductless for a garage studio.",
};
static const char *const streets[] = {"Oak Street",      "Maple Avenue",  "Cedar Lane",
				      "Hillcrest Drive", "Lakeview Road", "Mill Street"};
static const char *const sources[] = {"Website", "Phone", "Referral", "Google", "Neighbor", "Yard sign"};
static const char *const statuses[] = {"new", "new", "contacted", "qualified", "won", "lost"};
static const char *const tiers[] = {"hot", "warm", "warm", "cold"};
static const char *const urgencies[] = {"emergency", "soon", "planned"};
static const int64_t values[] = {18900, 45000, 129900, 389000, 720000, 1150000};

#define PICK(list, number) ((list)[(size_t)(number) % COUNT_OF(list)])

/* Open leads stand in the open stages, most of them in the first. */
static struct str stage_of(struct arena *arena, const struct stages *stages, int n)
{
	size_t open = 0, wanted = (size_t)n % 7 < 3 ? 0 : (size_t)n;

	for (size_t i = 0; i < stages->count; i++)
		open += stages->items[i].kind == STAGE_OPEN;
	for (size_t i = 0, at = 0; i < stages->count; i++)
		if (stages->items[i].kind == STAGE_OPEN && at++ == wanted % open)
			return uuid_text(arena, stages->items[i].id);
	return STR_NONE;
}

/* The n-th lead of a company, always the same. */
static enum err seed_lead(struct ttx *tx, struct arena *arena, const struct demo *demo, const struct stages *stages,
			  int n, struct errors *errors)
{
	const struct entity *leads = entity_find(STR("leads"));
	struct record *record = record_new(arena, leads);
	const char *first = PICK(first_names, n * 7 + demo->leads), *last = PICK(last_names, n * 3 + demo->leads);
	struct value *body = value_map(arena);
	enum err e;

	value_put_str(body, "name", arena_printf(arena, "%s %s", first, last));
	value_put_str(body, "email", arena_printf(arena, "lead.%d@%s.example", n, demo->slug));
	value_put_str(body, "phone", arena_printf(arena, "(%s) 555-01%02d", demo->area_code, n % 100));
	value_put_str(body, "address", arena_printf(arena, "%d %s", 100 + n * 17, PICK(streets, n)));
	value_put_text(body, "city", demo->city);
	value_put_text(body, "trade",
		       strcmp(demo->industry, "both") == 0 ? (n % 2 ? "hvac" : "plumbing") : demo->industry);
	value_put_text(body, "source", PICK(sources, n));
	value_put_text(body, "status", PICK(statuses, n));
	if (strcmp(PICK(statuses, n), "lost") == 0)
		value_put_text(body, "lost_reason", "Went with a cheaper offer.");
	if (stage_kind_of_status(str_from(PICK(statuses, n))) == STAGE_OPEN)
		value_put_str(body, "stage_id", stage_of(arena, stages, n));
	value_put_text(body, "tier", PICK(tiers, n + 1));
	value_put_text(body, "urgency", PICK(urgencies, n));
	value_put_int(body, "score", (n * 37) % 101);
	value_put_int(body, "value_cents", PICK(values, n));
	value_put_text(body, "notes", PICK(jobs, n));
	e = record_from_json(record, WRITE_CREATE, body, errors);
	return e == OK ? entity_insert(tx, record, errors) : e;
}

/* Owner's principal: what a person who signs in there would be. */
static struct principal owner_of(const struct demo *demo, const struct tenant_made *made)
{
	return (struct principal){.kind = CREDENTIAL_SESSION,
				  .user_id = made->user_id,
				  .role = ROLE_OWNER,
				  .name = str_from(demo->owner),
				  .email = STR("")};
}

static enum err seed_key(struct ttx *tx, struct arena *arena, const struct tenant *tenant,
			 const struct principal *owner, struct errors *errors, struct str *secret)
{
	struct record *input = record_new(arena, &api_key_entity);
	struct value *body = value_map(arena);
	struct api_key *key;
	enum err e;

	value_put_text(body, "name", "Demo key");
	value_put_text(body, "role", "admin");
	e = record_from_json(input, WRITE_CREATE, body, errors);
	if (e == OK)
		e = api_key_create(tx, tenant, owner, input, errors, &key);
	if (e == OK)
		*secret = key->secret;
	return e;
}

static enum err seed_user(struct ttx *tx, struct arena *arena, const struct tenant *tenant,
			  const struct principal *owner, const struct demo *demo, struct errors *errors)
{
	struct record *input = record_new(arena, &user_entity);
	struct value *body = value_map(arena);
	enum err e;

	value_put_str(body, "email", arena_printf(arena, "office@%s.example", demo->slug));
	value_put_text(body, "name", "Front Office");
	value_put_text(body, "role", "member");
	value_put_text(body, "password", DEMO_PASSWORD);
	e = record_from_json(input, WRITE_CREATE, body, errors);
	return e == OK ? user_create(tx, tenant, owner, input, errors) : e;
}

static enum err fill(struct ctl *ctl, struct resolver *resolver, const struct demo *demo,
		     const struct tenant_made *made, struct errors *errors, struct str *secret)
{
	struct principal owner = owner_of(demo, made);
	struct stages stages;
	struct tenant *tenant;
	struct ttx *tx;
	enum err e = resolver_by_slug(resolver, ctl->arena, str_from(demo->slug), &tenant);

	if (e != OK)
		return e;
	tx = ttx_begin(ctl->app, ctl->arena, tenant->scope, TX_WRITE);
	e = seed_user(tx, ctl->arena, tenant, &owner, demo, errors);
	if (e == OK)
		e = seed_key(tx, ctl->arena, tenant, &owner, errors, secret);
	if (e == OK)
		e = stages_read(tx, stages_send(tx), &stages);
	for (int n = 0; e == OK && n < demo->leads; n++)
		e = seed_lead(tx, ctl->arena, demo, &stages, n, errors);
	return e == OK ? ttx_commit(tx) : e;
}

static enum err make(struct ctl *ctl, const struct demo *demo, struct errors *errors, struct tenant_made *made)
{
	struct record *input = record_new(ctl->arena, &tenant_create_entity);
	struct value *body = value_map(ctl->arena);
	struct stx *stx;
	enum err e;

	value_put_text(body, "name", demo->name);
	value_put_text(body, "company_name", demo->name);
	value_put_text(body, "slug", demo->slug);
	value_put_text(body, "industry", demo->industry);
	value_put_text(body, "plan_tier", demo->plan);
	value_put_text(body, "owner_name", demo->owner);
	value_put_str(body, "owner_email", arena_printf(ctl->arena, "owner@%s.example", demo->slug));
	value_put_text(body, "owner_password", DEMO_PASSWORD);
	e = record_from_json(input, WRITE_CREATE, body, errors);
	if (e != OK)
		return e;
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl seed", TX_WRITE);
	e = tenant_create(stx, input, errors, made);
	if (e != OK) {
		stx_rollback(stx);
		return e;
	}
	return stx_commit(stx);
}

int command_seed(struct ctl *ctl)
{
	struct resolver *resolver = resolver_new(ctl->app);
	struct str secret = STR_NONE;
	int code = EXIT_SUCCESS;

	if (!options_done(ctl))
		return EXIT_USAGE;
	for (size_t i = 0; i < COUNT_OF(demos) && code == EXIT_SUCCESS; i++) {
		struct errors *errors = errors_new(ctl->arena);
		struct tenant_made made;
		struct str key = STR_NONE, origin = config_origin(&ctl->config, ctl->arena, demos[i].slug);
		enum err e = make(ctl, &demos[i], errors, &made);

		if (e == E_CONFLICT) {
			fprintf(stderr, "%s is there already; left alone\n", demos[i].slug);
			continue;
		}
		if (e == OK)
			e = fill(ctl, resolver, &demos[i], &made, errors, &key);
		for (const struct field_error *error = errors_first(errors); error; error = error->next)
			fprintf(stderr, "  %s: %.*s\n", error->field ? error->field : "-", STR_FMT_ARG(error->message));
		if (e != OK) {
			code = fail("%s: %s", demos[i].slug, err_sentence(e));
			break;
		}
		if (i == 0)
			secret = key;
		printf("%-52.*s owner@%s.example  %s\n", STR_FMT_ARG(origin), demos[i].slug, DEMO_PASSWORD);
	}
	if (!str_absent(secret))
		printf("api key of %s: %.*s\n", demos[0].slug, STR_FMT_ARG(secret));
	resolver_free(resolver);
	return code;
}
