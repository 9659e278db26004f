#include "tests/db/tenant_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"

static const uint8_t pepper[32] = {7};

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		fprintf(stderr, "%s is not set: see tests/support/postgres.sh\n", name);
		exit(1);
	}
	return value;
}

struct world *world_open(void)
{
	const char *database = environment("DEMAND_TEST_DATABASE");
	struct arena *arena = arena_new((size_t)256 << 20);
	struct world *world = ARENA_NEW(arena, struct world);

	token_pepper(pepper);
	log_start("test", LOG_WARNING);
	world->arena = arena;
	world->app = pg_new(database, "demand_app");
	world->auth = pg_new(database, "demand_auth");
	world->super = pg_new(database, environment("DEMAND_TEST_SUPERUSER"));
	world->resolver = resolver_new(world->app);
	return world;
}

int world_start(void **state)
{
	*state = world_open();
	return 0;
}

int world_stop(void **state)
{
	struct world *world = *state;
	struct pg *connections[] = {world->app, world->auth, world->super};
	struct resolver *resolver = world->resolver;

	arena_free(world->arena); /* ends what is open */
	for (size_t i = 0; i < COUNT_OF(connections); i++)
		pg_free(connections[i]);
	resolver_free(resolver);
	return 0;
}

struct str unique_slug(struct world *world, const char *stem)
{
	char random[7];

	random_base62(random, 6);
	for (int i = 0; i < 6; i++)
		if (random[i] >= 'A' && random[i] <= 'Z')
			random[i] = (char)(random[i] + 32);
	return arena_printf(world->arena, "%s-q%sx", stem, random);
}

const struct tenant *resolve(struct world *world, struct str slug)
{
	struct tenant *tenant;

	MUST(resolver_by_slug(world->resolver, world->arena, slug, &tenant));
	return tenant;
}

const struct tenant *new_tenant(struct world *world, const char *plan, struct tenant_made *made)
{
	struct str slug = unique_slug(world, "fixture");
	struct tenant_wish wish = {
		.name = STR("Fixture Heating"),
		.slug = slug,
		.owner_name = STR("Olive Owner"),
		.owner_email = STR("Olive@Fixture.example"),
		.plan = plan_find(str_from(plan)),
	};
	struct stx *tx = stx_begin(world->auth, world->arena, "test", TX_WRITE);

	MUST(tenant_provision(tx, &wish, "slug", errors_new(world->arena), made));
	MUST(stx_commit(tx));
	return resolve(world, slug);
}

struct principal *acting(struct world *world, struct uuid user, enum role role)
{
	struct principal *principal = ARENA_NEW(world->arena, struct principal);

	*principal =
		(struct principal){.kind = CREDENTIAL_SESSION, .user_id = user, .role = role, .name = STR("Actor")};
	return principal;
}

struct record *record_of(struct world *world, const struct entity *entity, const char *const *pairs)
{
	struct record *record = record_new(world->arena, entity);

	for (; pairs[0]; pairs += 2)
		record_set_text(record, pairs[0], str_from(pairs[1]));
	return record;
}

int64_t super(struct world *world, const struct statement *statement, struct uuid tenant)
{
	struct stx *tx = stx_begin(world->super, world->arena, "test", TX_WRITE);
	struct rows *rows;
	int64_t answer = -1;

	MUST(stx_rows(tx, statement, ARGS(arg_uuid(world->arena, tenant)), &rows));
	if (rows_next(rows))
		answer = rows_int(rows, 0);
	MUST(stx_commit(tx));
	return answer;
}

const char *code_at(const struct errors *errors, const char *field)
{
	const struct field_error *error = field ? errors_for(errors, field) : errors_first(errors);

	return error ? error->code : "";
}

/* ---- races ---- */

STATEMENT(hello, "SELECT 1");

static bool connected(struct world *world, struct pg *pg)
{
	struct stx *tx = stx_begin(pg, world->arena, "test", TX_READ);
	struct rows *rows;

	return stx_rows(tx, &hello, NO_ARGS, &rows) == OK && stx_commit(tx) == OK;
}

static void racer(int gate, int number, int (*run)(struct world *, int, const void *), const void *context)
{
	struct world *world = world_open();
	char byte;

	/* Connected before the gate opens, so that the race is about the statements. */
	if (!connected(world, world->app) || !connected(world, world->auth))
		_exit(15);
	while (read(gate, &byte, 1) > 0)
		;
	_exit(run(world, number, context));
}

struct race run_race(int racers, int (*run)(struct world *, int racer, const void *context), const void *context)
{
	struct race race = {{0}};
	int gate[2], status;

	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < racers; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			close(gate[1]);
			racer(gate[0], i, run, context);
		}
	}
	close(gate[0]);
	usleep(500 * 1000);
	close(gate[1]);
	for (int i = 0; i < racers; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		race.results[WEXITSTATUS(status) & 15]++;
	}
	return race;
}
