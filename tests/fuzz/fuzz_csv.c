/* Text tables: whatever comes, rows are in UTF-8 and within the caps, and reading can go on at the start of any of them. */
#include "tests/fuzz/fuzz.h"

#include "lib/base/utf8.h"
#include "lib/text/csv.h"

struct seen {
	size_t rows, skip; /* skip: rows that an earlier reading has had */
	int64_t starts[8];
	uint64_t sum;
};

static bool look(void *context, const struct csv_row *row)
{
	struct seen *seen = context;

	REQUIRE(row->count <= CSV_CELLS_MOST);
	for (size_t i = 0; i < row->count; i++) {
		REQUIRE(row->cells[i].n <= CSV_CELL_MOST);
		REQUIRE(row->complaint || utf8_valid(row->cells[i]));
	}
	if (seen->rows < COUNT_OF(seen->starts))
		seen->starts[seen->rows] = row->start;
	REQUIRE(row->start >= 0);
	if (seen->rows++ >= seen->skip)
		seen->sum = seen->sum * 31 + row->count + (row->count ? row->cells[0].n : 0);
	return true;
}

static struct seen read_from(struct arena *arena, const struct csv_form *form, struct str file, int64_t offset,
			     size_t part, size_t skip)
{
	struct seen seen = {.skip = skip};
	struct csv_reader *reader = csv_reader_new(arena, form, offset, look, &seen);
	enum csv_state state = CSV_MORE;

	for (size_t at = (size_t)offset; at < file.n && state == CSV_MORE; at += part)
		state = csv_reader_feed(reader, (struct str){file.p + at, part < file.n - at ? part : file.n - at});
	if (state == CSV_MORE)
		state = csv_reader_end(reader);
	REQUIRE((state == CSV_BROKEN) == (csv_reader_complaint(reader) != NULL));
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str file = fuzz_copy(arena, bytes, length);
	struct csv_form form;
	struct seen whole, parts, rest;
	struct str words;
	const char *why;

	if (csv_sniff(file, &form, &why) != OK) {
		REQUIRE(why);
		return 0;
	}
	REQUIRE(form.start >= 0 && (size_t)form.start <= file.n && strchr(csv_delimiters, form.delimiter));
	words = csv_foreign_words(arena, &form, file);
	REQUIRE(words.n <= 400 && utf8_valid(csv_decode(arena, form.encoding, words)));
	whole = read_from(arena, &form, file, form.start, length + 1, 1);
	parts = read_from(arena, &form, file, form.start, 3, 1);
	REQUIRE(whole.rows == parts.rows && whole.sum == parts.sum);
	if (whole.rows > 1) {
		rest = read_from(arena, &form, file, whole.starts[1], length + 1, 0);
		REQUIRE(rest.rows + 1 == whole.rows && rest.sum == whole.sum);
	}
	return 0;
}
