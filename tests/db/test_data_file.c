/* Files in pieces: written, gone on with, read from any place, deleted on their day. */
#include "tests/db/lead_fixture.h"

#include <sodium.h>

#include "lib/tenant/data_file.h"

#define DAY DATA_FILE_DAY

static struct str bytes_of(size_t length)
{
	char *bytes = arena_alloc(arena, length + 1);

	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	return (struct str){bytes, length};
}

static struct str whole(struct ttx *tx, struct uuid id)
{
	struct buffer out = BUFFER_IN(arena);
	struct str bytes;

	do {
		assert_int_equal(data_file_read(tx, id, (int64_t)out.length, &bytes), OK);
		buffer_add_str(&out, bytes);
	} while (!str_absent(bytes));
	return buffer_str(&out);
}

static struct uuid stored_file(const struct scope *scope, struct str bytes, int64_t expires_at)
{
	struct ttx *tx = begin(scope, TX_WRITE);
	struct data_file_writer *writer;

	assert_int_equal(data_file_create(tx, "import", STR("leads.csv"), "text/csv", expires_at, &writer), OK);
	for (size_t at = 0; at < bytes.n;) {
		size_t part = at % 99991 + 1 < bytes.n - at ? at % 99991 + 1 : bytes.n - at;

		assert_int_equal(data_file_write(writer, (struct str){bytes.p + at, part}), OK);
		at += part;
	}
	assert_int_equal(data_file_finish(writer), OK);
	commit(tx);
	return data_file_writer_id(writer);
}

static const char *sum_of(struct str bytes)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)bytes.p, bytes.n);
	return arena_c_string(arena, hex_encode(arena, sum, sizeof sum));
}

static void what_is_written_is_read(void **state)
{
	static const size_t lengths[] = {0, 1, DATA_FILE_PIECE - 1, DATA_FILE_PIECE, DATA_FILE_PIECE + 1, 1500000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		struct str bytes = bytes_of(lengths[i]), read;
		struct uuid id = stored_file(&ours, bytes, clock_now() + DAY);
		struct ttx *tx = begin(&ours, TX_READ);
		struct data_file file;

		assert_int_equal(data_file_get(tx, id, &file), OK);
		assert_int_equal(file.length, lengths[i]);
		assert_str(file.name, "leads.csv");
		assert_str(file.kind, "import");
		assert_str(file.content_type, "text/csv");
		assert_str(file.sha256, sum_of(bytes));
		read = whole(tx, id);
		assert_true(str_equal(read, bytes));
		if (lengths[i] > DATA_FILE_PIECE) {
			assert_int_equal(data_file_read(tx, id, (int64_t)DATA_FILE_PIECE - 3, &read), OK);
			assert_true(str_starts((struct str){bytes.p + DATA_FILE_PIECE - 3, 10}, read) || read.n == 3);
			assert_memory_equal(read.p, bytes.p + DATA_FILE_PIECE - 3, 3);
		}
		commit(tx);
	}
}

static void a_file_is_gone_on_with_in_another_transaction(void **state)
{
	struct str bytes = bytes_of(600000);
	struct ttx *tx = begin(&ours, TX_WRITE);
	struct data_file_writer *writer;
	struct data_file file;
	struct uuid id;

	(void)state;
	assert_int_equal(data_file_create(tx, "export", STR("x"), "text/csv", clock_now() + DAY, &writer), OK);
	id = data_file_writer_id(writer);
	assert_int_equal(data_file_write(writer, (struct str){bytes.p, 300000}), OK);
	assert_int_equal(data_file_pause(writer), OK);
	commit(tx);
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(data_file_get(tx, id, &file), OK);
	assert_true(str_absent(file.sha256));
	assert_int_equal(data_file_continue(tx, id, &writer), OK);
	assert_int_equal(data_file_writer_length(writer), 300000);
	assert_int_equal(data_file_write(writer, (struct str){bytes.p + 300000, 300000}), OK);
	assert_int_equal(data_file_finish(writer), OK);
	commit(tx);
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(data_file_get(tx, id, &file), OK);
	assert_str(file.sha256, sum_of(bytes));
	assert_true(str_equal(whole(tx, id), bytes));
	assert_int_equal(data_file_continue(tx, id, &writer), E_CONFLICT);
	commit(tx);
}

static void another_companys_file_is_not_there(void **state)
{
	struct uuid id = stored_file(&theirs, STR("secret"), clock_now() + DAY);
	struct ttx *tx = begin(&ours, TX_WRITE);
	struct data_file_writer *writer;
	struct data_file file;
	struct str bytes;

	(void)state;
	assert_int_equal(data_file_get(tx, id, &file), E_NOTFOUND);
	assert_int_equal(data_file_read(tx, id, 0, &bytes), OK);
	assert_true(str_absent(bytes));
	assert_int_equal(data_file_continue(tx, id, &writer), E_NOTFOUND);
	assert_int_equal(data_file_delete(tx, id), OK);
	ttx_rollback(tx);
	tx = begin(&theirs, TX_READ);
	assert_str(whole(tx, id), "secret");
	commit(tx);
}

static void files_go_on_their_day(void **state)
{
	struct uuid old = stored_file(&ours, STR("old"), clock_now() - DAY),
		    kept = stored_file(&ours, STR("kept"), clock_now() + DAY),
		    gone = stored_file(&ours, STR("gone"), clock_now() + DAY);
	struct ttx *tx = begin(&ours, TX_WRITE);
	struct data_file file;
	int64_t count;

	(void)state;
	assert_int_equal(data_file_purge(tx, clock_now(), &count), OK);
	assert_int_equal(count, 1);
	assert_int_equal(data_file_delete(tx, gone), OK);
	assert_int_equal(data_file_get(tx, old, &file), E_NOTFOUND);
	assert_int_equal(data_file_get(tx, gone, &file), E_NOTFOUND);
	assert_int_equal(data_file_get(tx, kept, &file), OK);
	commit(tx);
	assert_str(test_sql_value("SELECT count(*) FROM file_pieces WHERE file_id IN ('%s', '%s')", id_of(old),
				  id_of(gone)),
		   "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(a_file_is_gone_on_with_in_another_transaction),
		TEST(another_companys_file_is_not_there),
		TEST(files_go_on_their_day),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
