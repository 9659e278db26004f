#include "tests/db/archive_fixture.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/crm/custom_field.h"
#include "lib/crm/entities.h"
#include "lib/crm/sample_data.h"
#include "lib/entity/trash.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/principal.h"
#include "tests/support/pictures.h"

struct world *world;
struct pg *jobs;
struct arena *arena;

/* A company with something of everything, its archive, and one that shares the database with it. */
const struct tenant *shop, *neighbour;
static struct tenant_made shop_made;
struct str shop_archive;

/* ---- archives in memory ---- */

static bool collect(void *context, const void *bytes, size_t length)
{
	buffer_add(context, bytes, length);
	return true;
}

struct str exported(const struct tenant *tenant, bool gzip)
{
	struct buffer *out = ARENA_NEW(arena, struct buffer);
	struct archive_export order = {.pg = jobs, .tenant = tenant, .gzip = gzip, .sink = collect, .context = out};
	struct archive_counts counts;

	*out = BUFFER_IN(arena);
	assert_int_equal(archive_export(&order, &counts), OK);
	assert_true(counts.rows > 0 && counts.members > 10);
	return buffer_str(out);
}

static int file_of(struct str bytes)
{
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes.p, bytes.n), (ssize_t)bytes.n);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	return file;
}

const char *why_not; /* the sentence of the last import */

enum err imported(const struct tenant *tenant, struct str bytes)
{
	int file = file_of(bytes);
	struct archive_import order = {.pg = jobs, .tenant = tenant, .file = file, .derive = custom_fields_publish};
	struct archive_counts counts;
	struct str why;
	enum err err = archive_import(&order, arena, &counts, &why);

	why_not = arena_c_string(arena, why);
	close(file);
	return err;
}

struct items unpacked(struct str bytes)
{
	int file = file_of(bytes);
	struct tar_reader *tar = tar_reader_new(arena, file);
	struct items items = {.count = 0};
	struct str name;

	while (tar_next(tar, &name) == TAR_MEMBER) {
		struct buffer out = BUFFER_IN(arena);
		char block[8192];
		int64_t got;

		while ((got = tar_read(tar, block, sizeof block)) > 0)
			buffer_add(&out, block, (size_t)got);
		assert_int_equal(got, 0);
		assert_true(items.count < COUNT_OF(items.list));
		items.list[items.count++] = (struct item){arena_copy(arena, name), buffer_str(&out)};
	}
	close(file);
	return items;
}

struct str packed(const struct items *items)
{
	struct buffer *out = ARENA_NEW(arena, struct buffer);
	struct tar_writer *tar;

	*out = BUFFER_IN(arena);
	tar = tar_writer_new(arena, false, collect, out);
	for (size_t i = 0; i < items->count; i++) {
		assert_true(tar_member(tar, arena_c_string(arena, items->list[i].name), (int64_t)items->list[i].bytes.n,
				       clock_now()));
		assert_true(tar_bytes(tar, items->list[i].bytes.p, items->list[i].bytes.n));
	}
	assert_true(tar_end(tar));
	return buffer_str(out);
}

struct item *item_of(struct items *items, const char *name)
{
	for (size_t i = 0; i < items->count; i++)
		if (str_is(items->list[i].name, name))
			return &items->list[i];
	fail_msg("the archive has no %s", name);
	return NULL;
}

struct str replaced(struct str text, const char *what, const char *by)
{
	const char *at = memmem(text.p, text.n, what, strlen(what));
	struct buffer out = BUFFER_IN(arena);

	if (!at)
		fail_msg("there is no %s", what);
	buffer_add(&out, text.p, (size_t)(at - text.p));
	buffer_add_str(&out, str_from(by));
	buffer_add(&out, at + strlen(what), text.n - (size_t)(at - text.p) - strlen(what));
	return buffer_str(&out);
}

static struct str sum_of(struct str bytes)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)bytes.p, bytes.n);
	return hex_encode(arena, sum, sizeof sum);
}

/* Other bytes for a member, with a manifest that agrees: what somebody makes who knows the format. */
void forge(struct items *items, const char *name, struct str bytes, int rows_more)
{
	struct item *item = item_of(items, name), *manifest = item_of(items, MANIFEST_NAME);
	struct str mark = arena_printf(arena, "\"name\": \"%s\",\n      \"rows\": ", name);
	const char *at = memmem(manifest->bytes.p, manifest->bytes.n, mark.p, mark.n), *after;
	struct buffer out = BUFFER_IN(arena);

	assert_non_null(at);
	at += mark.n;
	after = strstr(at, "\"columns\"");
	assert_non_null(after);
	buffer_add(&out, manifest->bytes.p, (size_t)(at - manifest->bytes.p));
	buffer_printf(&out, "%ld,\n      \"bytes\": %zu,\n      \"sha256\": \"%.*s\",\n      ",
		      strtol(at, NULL, 10) + rows_more, bytes.n, STR_FMT_ARG(sum_of(bytes)));
	buffer_add_str(&out, str_from(after));
	item->bytes = bytes;
	manifest->bytes = buffer_str(&out);
}

/* ---- companies ---- */

const char *id_text(const struct tenant *tenant)
{
	return arena_c_string(arena, uuid_text(arena, tenant->id));
}

const struct tenant *fresh(struct tenant_made *made)
{
	return new_tenant(world, "starter", made);
}

int64_t count_of(const struct tenant *tenant, const char *table)
{
	int64_t count;

	assert_true(str_to_int64(
		test_sql_value("SELECT count(*) FROM %s WHERE tenant_id = '%s'", table, id_text(tenant)), &count));
	return count;
}

/* Neither a row of the archive nor a default less than before. */
void assert_untouched(const struct tenant *tenant)
{
	assert_int_equal(count_of(tenant, "leads"), 0);
	assert_int_equal(count_of(tenant, "tags"), 0);
	assert_int_equal(count_of(tenant, "record_changes"), 0);
	assert_int_equal(count_of(tenant, "tenant_users"), 1);
	assert_int_equal(count_of(tenant, "pipeline_stages"), 6);
	assert_int_equal(count_of(tenant, "cadence_steps"), 3);
}

static struct str id_in(const char *table, const char *condition)
{
	return arena_copy(arena, test_sql_value("SELECT id FROM %s WHERE tenant_id = '%s' AND %s LIMIT 1", table,
						id_text(shop), condition));
}

/* What the sample leaves empty: written as the product would. */
static void fill_the_rest(void)
{
	const char *tenant = id_text(shop), *lead = arena_c_string(arena, id_in("leads", "deleted_at IS NULL"));

	test_sql("INSERT INTO custom_fields (tenant_id, id, entity, name, label, type, is_required, is_listed) VALUES "
		 "('%s', '01900000-0000-7000-8000-00000000c001', 'leads', 'gate_code', 'Gate code', 'text', false, "
		 "true)",
		 tenant);
	test_sql("UPDATE leads SET custom = '{\"gate_code\": \"007 \\u00e9\\n\\\"x\\\"\"}', notes = E'a\\tb\\\\ <&>', "
		 "cost_cents = 0, value_cents = 9007199254740993, updated_at = '2026-02-03 04:05:06.000001+00' WHERE "
		 "tenant_id = '%s' "
		 "AND id = '%s'",
		 tenant, lead);
	test_sql("UPDATE leads SET cost_cents = 0 WHERE tenant_id = '%s'", tenant);
	test_sql("UPDATE leads SET deleted_at = now() WHERE tenant_id = '%s' AND id = (SELECT max(id::text)::uuid FROM "
		 "leads WHERE tenant_id = '%s')",
		 tenant, tenant);
	test_sql("INSERT INTO imports (tenant_id, id, entity, state, file_id, file_name, file_bytes, encoding, "
		 "delimiter, header_at, fingerprint, position, time_zone, actor_kind, actor_name, created_at) SELECT "
		 "'%s', ('01900000-0000-7000-8000-0000000010' || n)::uuid, 'leads', CASE n WHEN '01' THEN 'done' ELSE "
		 "'running' END, gen_random_uuid(), 'old.csv', 10, 'utf-8', ',', 0, gen_random_uuid(), 1, 'UTC', "
		 "'system', 'x', now() FROM unnest(ARRAY['01', '02']) n",
		 tenant);
	test_sql("INSERT INTO import_rows (tenant_id, import_id, number, outcome, cells) SELECT '%s', i.id, n, "
		 "'failed', "
		 "'[\"a\", null]' FROM imports i CROSS JOIN generate_series(1, 3000) n WHERE i.tenant_id = '%s'",
		 tenant, tenant);
	test_sql(
		"INSERT INTO import_mappings (tenant_id, entity, fingerprint, mapping, options, used_at) VALUES ('%s', "
		"'leads', gen_random_uuid(), '[\"name\"]', '{\"tags\": null}', now())",
		tenant);
	test_sql("INSERT INTO bulk_actions (tenant_id, id, entity, action, row_count, done_at) VALUES ('%s', "
		 "'01900000-0000-7000-8000-00000000b001', 'leads', 'delete', 1, now())",
		 tenant);
	test_sql("INSERT INTO bulk_action_rows (tenant_id, action_id, row_id, before, version_after) VALUES ('%s', "
		 "'01900000-0000-7000-8000-00000000b001', '%s', '{\"n\": 1.50}', 2)",
		 tenant, lead);
	test_sql("INSERT INTO tenant_users (tenant_id, id, email, email_norm, password_hash, name, role) VALUES ('%s', "
		 "gen_random_uuid(), 'Tech@shop.example', 'tech@shop.example', 'secret-hash', 'Tech', 'member')",
		 tenant);
	test_sql("UPDATE tenants SET settings = '{\"hours\": \"8-17\"}', company_name = 'Shop & Sons' WHERE tenant_id "
		 "= '%s'",
		 tenant);
	test_sql("INSERT INTO idempotency_keys (tenant_id, actor, route, key, request_hash) VALUES ('%s', 'a', 'b', "
		 "'left-out-key', 'x')",
		 tenant);
}

static void add_sample(const struct tenant *tenant, struct uuid owner, const char *name)
{
	struct ttx *tx = ttx_begin(jobs, arena, tenant->scope, TX_WRITE);
	int64_t added;

	ttx_set_actor(tx, (struct ttx_actor){ACTOR_USER, owner, str_from(name)});
	assert_int_equal(sample_add(tx, errors_new(arena), &added), OK);
	assert_true(added > 20);
	assert_int_equal(ttx_commit(tx), OK);
}

static void give_logo(const struct tenant *tenant)
{
	struct ttx *tx = ttx_begin(jobs, arena, tenant->scope, TX_WRITE);
	struct uuid id;

	assert_int_equal(
		logo_store(tx, make_png(arena, 40, 20, (struct png_kind){PNG_COLOR_TYPE_RGB, 8, 0, false}), &id), OK);
	assert_int_equal(ttx_commit(tx), OK);
}

int archive_start(void **state)
{
	static const uint8_t key[32] = {9};
	struct tenant_made made;

	assert_int_equal(world_start(state), 0);
	world = *state;
	arena = world->arena;
	token_pepper(key);
	entity_list_key(key);
	entity_catalogue(entities, entities_count);
	jobs = pg_new(test_conninfo(), "demand_jobs");
	shop = new_tenant(world, "enterprise", &shop_made);
	neighbour = new_tenant(world, "enterprise", &made);
	add_sample(shop, shop_made.user_id, "Owner of the shop");
	add_sample(neighbour, made.user_id, "The neighbour");
	test_sql("UPDATE leads SET notes = 'of-the-neighbour' WHERE tenant_id = '%s'", id_text(neighbour));
	fill_the_rest();
	give_logo(shop);
	shop_archive = exported(shop, true);
	return 0;
}

int archive_stop(void **state)
{
	pg_free(jobs);
	test_database_close();
	return world_stop(state);
}
