/* A migration's text: each statement is a part of it, in order, on the line that is told; and it ends. */
#include "tests/fuzz/fuzz.h"

#include "lib/pg/sql_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length), statement;
	struct sql_split split = sql_split_of(text);
	const char *from = text.p;
	bool broken = false;
	size_t line = 0, last = 1, count = 0;

	while (sql_split_next(&split, &statement, &line, &broken)) {
		size_t lines = 1;

		REQUIRE(statement.n > 0 && statement.p >= from && statement.p + statement.n <= text.p + text.n);
		for (const char *at = text.p; at < statement.p; at++)
			lines += *at == '\n';
		REQUIRE(line == lines && line >= last);
		from = statement.p + statement.n;
		last = line;
		REQUIRE(++count <= length);
	}
	return 0;
}
