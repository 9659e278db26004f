/* Archives of companies: whatever comes, it is refused with a sentence, or holds exactly the members, columns and rows that its manifest names. */
#include "tests/fuzz/fuzz.h"

#include "lib/tenant/archive_internal.h"

#include <sys/mman.h>
#include <unistd.h>

static struct archive_column lead_columns[] = {
	{"id", "uuid", false, 1, false, false},
	{"name", "text", false, 0, false, false},
	{"contact_id", "uuid", true, 0, true, false},
};
static struct archive_column file_columns[] = {
	{"id", "uuid", false, 1, false, false},
	{"bytes", "bytea", false, 0, false, true},
};
static struct archive_table all[] = {
	{.name = "leads", .columns = lead_columns, .column_count = COUNT_OF(lead_columns)},
	{.name = "tenant_files", .columns = file_columns, .column_count = COUNT_OF(file_columns)},
};
static const struct archive_tables tables = {all, COUNT_OF(all), 13};

static void require_rows(struct spool *spool, const struct archive_member *member)
{
	struct buffer held = BUFFER_IN(NULL);
	struct archive_lines lines = {spool, member->start, member->start + member->bytes, &held, 0};
	int64_t count = -1;
	struct str line;

	do {
		REQUIRE(archive_line(&lines, &line) == OK);
		count++;
	} while (!str_absent(line));
	REQUIRE(count == member->rows);
	buffer_free(&held);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	int file = memfd_create("archive", MFD_CLOEXEC);
	struct archive_content content;
	struct str why = STR("");

	REQUIRE(file >= 0 && write(file, bytes, length) == (ssize_t)length && lseek(file, 0, SEEK_SET) == 0);
	if (archive_check(arena, file, &tables, &content, &why) != OK) {
		REQUIRE(why.n > 0);
		fuzz_require_text(why);
	} else {
		for (size_t i = 0; i < content.count; i++) {
			const struct archive_member *member = &content.members[i];

			REQUIRE(member->start >= 0 && member->start + member->bytes <= spool_length(content.spool));
			REQUIRE(!member->table == (member->column_count == 0));
			for (size_t c = 0; c < member->column_count; c++)
				REQUIRE(archive_column_find(member->table, member->columns[c]));
			if (member->table)
				require_rows(content.spool, member);
		}
	}
	(void)close(file);
	return 0;
}
