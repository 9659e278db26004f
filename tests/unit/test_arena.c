/* Arena, buffer and the list of field errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <stdlib.h>

#include "lib/base/buffer.h"
#include "lib/base/errors.h"

static jmp_buf pad;

static void jump(void *argument)
{
	*(int *)argument += 1;
	longjmp(pad, 1);
}

static void memory_is_zeroed_aligned_and_distinct(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 22);
	unsigned char *earlier = NULL;
	for (int round = 0; round < 2; round++) {
		for (size_t size = 0; size < 3000; size += 7) {
			unsigned char *memory = arena_alloc(arena, size);
			assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
			assert_ptr_not_equal(memory, earlier);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xAA, size);
			earlier = memory;
		}
		arena_reset(arena); /* the second round gets used memory, which must be zero again */
	}
	arena_free(arena);
	arena_free(NULL);
}

static void earlier_allocations_survive_new_chunks(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)64 << 20);
	char *texts[400];
	for (int i = 0; i < 400; i++)
		texts[i] = arena_c_string(arena, arena_printf(arena, "%0*d", i * 37 % 5000 + 4, i));
	char *large = arena_alloc(arena, (size_t)3 << 20);
	large[((size_t)3 << 20) - 1] = 'x';
	for (int i = 0; i < 400; i++)
		assert_int_equal(atol(texts[i]), i);
	arena_free(arena);
}

static void count_release(void *argument)
{
	*(int *)argument += 1;
}

static void what_came_after_a_mark_is_given_back(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)4 << 20);
	char *older = arena_c_string(arena, STR("older"));
	int before = 0, after = 0;
	arena_defer(arena, count_release, &before);
	size_t used = arena_used(arena);
	/* More in all than the cap: it only fits because each round is given back. */
	for (int round = 1; round <= 20; round++) {
		struct arena_mark mark = arena_mark(arena);
		for (int i = 0; i < 1000; i++)
			memset(arena_alloc(arena, 700), 0xAA, 700);
		arena_defer(arena, count_release, &after);
		memset(arena_alloc(arena, (size_t)2 << 20), 0xAA, (size_t)2 << 20);
		arena_rewind(arena, mark);
		assert_int_equal(after, round);
		assert_int_equal(before, 0);
		assert_int_equal(arena_used(arena), used);
		assert_string_equal(older, "older");
	}
	const char *next = arena_alloc(arena, 16);
	for (int i = 0; i < 16; i++)
		assert_int_equal(next[i], 0);
	arena_free(arena);
	assert_int_equal(before, 1);
	assert_int_equal(after, 20);
}

static void a_mark_of_an_empty_arena_gives_all_back(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct arena_mark mark = arena_mark(arena);
	memset(arena_alloc(arena, 100), 0xAA, 100);
	arena_rewind(arena, mark);
	assert_int_equal(arena_used(arena), 0);
	assert_int_equal(*(char *)arena_alloc(arena, 1), 0);
	arena_free(arena);
}

static void the_cap_lands_and_the_arena_is_usable_afterwards(void **state)
{
	(void)state;
	int landed = 0;
	struct arena *arena = arena_new(10000);
	arena_on_oom(arena, jump, &landed);
	volatile size_t got = 0;
	if (setjmp(pad) == 0)
		for (;;) {
			(void)arena_alloc(arena, 1000);
			got = got + 1;
		}
	assert_int_equal(landed, 1);
	assert_int_equal(got, 10);
	assert_int_equal(arena_used(arena), 10000);
	assert_null(arena_try(arena, 1));
	arena_reset(arena);
	assert_int_equal(arena_used(arena), 0);
	assert_non_null(arena_try(arena, 10000));
	if (setjmp(pad) == 0)
		(void)arena_printf(arena, "%s", "does not fit");
	assert_int_equal(landed, 2); /* the landing pad outlives a reset */
	arena_free(arena);
}

static void an_overflowing_array_lands(void **state)
{
	(void)state;
	int landed = 0;
	struct arena *arena = arena_new(SIZE_MAX);
	arena_on_oom(arena, jump, &landed);
	volatile size_t count = SIZE_MAX / 2 + 2;
	if (setjmp(pad) == 0)
		(void)arena_array(arena, count, 2);
	assert_int_equal(landed, 1);
	static const size_t impossible[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 64};
	for (size_t i = 0; i < COUNT_OF(impossible); i++)
		assert_null(arena_try(arena, impossible[i]));
	arena_free(arena);
}

static char order[8];

static void note(void *argument)
{
	strncat(order, argument, 1);
}

static char name_a[] = "a", name_b[] = "b", name_c[] = "c";

static void deferred_releases_run_once_in_reverse_order(void **state)
{
	(void)state;
	order[0] = '\0';
	struct arena *arena = arena_new(100000);
	arena_defer(arena, note, name_a);
	arena_defer(arena, note, name_b);
	arena_reset(arena);
	assert_string_equal(order, "ba");
	arena_reset(arena);
	assert_string_equal(order, "ba");
	arena_defer(arena, note, name_c);
	arena_free(arena);
	assert_string_equal(order, "bac");
}

static void a_defer_that_does_not_fit_releases_before_it_lands(void **state)
{
	(void)state;
	int landed = 0;
	order[0] = '\0';
	struct arena *arena = arena_new(8);
	arena_on_oom(arena, jump, &landed);
	if (setjmp(pad) == 0)
		arena_defer(arena, note, name_a);
	assert_int_equal(landed, 1);
	assert_string_equal(order, "a");
	arena_free(arena);
	assert_string_equal(order, "a");
}

static void copies_keep_absent_and_empty_apart(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	assert_true(str_absent(arena_copy(arena, STR_NONE)));
	struct str empty = arena_copy(arena, STR(""));
	assert_false(str_absent(empty));
	assert_int_equal(empty.n, 0);
	assert_string_equal(arena_c_string(arena, STR_NONE), "");
	assert_string_equal(arena_c_string(arena, (struct str){"abcdef", 3}), "abc");
	struct str text = arena_printf(arena, "%s-%d", "x", 7);
	assert_string_equal(text.p, "x-7");
	assert_int_equal(text.n, 3);
	arena_free(arena);
}

static void check_buffer(struct buffer *b)
{
	assert_string_equal(buffer_str(b).p, "");
	buffer_add(b, NULL, 0);
	assert_string_equal(b->bytes, "");
	for (int i = 0; i < 1000; i++) {
		buffer_add_char(b, 'x');
		buffer_add_str(b, STR("yz"));
		buffer_add_str(b, STR_NONE);
		assert_int_equal(b->bytes[b->length], '\0');
	}
	assert_int_equal(b->length, 3000);
	buffer_clear(b);
	assert_string_equal(b->bytes, "");
	buffer_add_int(b, INT64_MIN);
	BUFFER_LITERAL(b, "|");
	buffer_printf(b, "%s", "");
	buffer_printf(b, "%05d", 42);
	assert_string_equal(b->bytes, "-9223372036854775808|00042");
	buffer_clear(b);
	buffer_printf(b, "%*s", 5000, "end");
	assert_int_equal(b->length, 5000);
	assert_string_equal(b->bytes + 4997, "end");
	buffer_reserve(b, 20000);
	const char *room = b->bytes;
	assert_string_equal(b->bytes + 4997, "end");
	memset(buffer_extend(b, 20000), 'y', 20000);
	assert_ptr_equal(b->bytes, room);
	assert_int_equal(b->bytes[25000], '\0');
	buffer_free(b);
}

static void a_buffer_grows_with_and_without_an_arena(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	struct buffer in_arena = BUFFER_IN(arena), of_malloc = BUFFER_IN(NULL);
	/* As in a worker: what an earlier request wrote is still there. */
	memset(arena_alloc(arena, 200000), 0xAA, 200000);
	arena_reset(arena);
	buffer_reserve(&in_arena, 1);
	check_buffer(&in_arena);
	check_buffer(&of_malloc);
	assert_null(of_malloc.bytes);
	arena_free(arena);
}

static void errors_keep_their_order_and_the_first_of_a_field_is_found(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	struct errors *errors = errors_new(arena);
	assert_false(errors_any(errors));
	assert_null(errors_for(errors, "email"));
	char field[] = "email";
	errors_add(errors, field, "too_long", "At most %d characters.", 120);
	field[0] = 'X'; /* the name is the list's own */
	errors_add(errors, NULL, "stale", "Somebody else saved this.");
	errors_add(errors, "email", "taken", "Taken.");
	assert_true(errors_any(errors));
	const struct field_error *error = errors_first(errors);
	assert_string_equal(error->field, "email");
	assert_true(str_is(error->message, "At most 120 characters."));
	assert_null(error->next->field);
	assert_string_equal(error->next->next->code, "taken");
	assert_null(error->next->next->next);
	assert_string_equal(errors_for(errors, "email")->code, "too_long");
	assert_string_equal(errors_for(errors, NULL)->code, "stale");
	assert_null(errors_for(errors, "phone"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_distinct),
		cmocka_unit_test(earlier_allocations_survive_new_chunks),
		cmocka_unit_test(the_cap_lands_and_the_arena_is_usable_afterwards),
		cmocka_unit_test(an_overflowing_array_lands),
		cmocka_unit_test(deferred_releases_run_once_in_reverse_order),
		cmocka_unit_test(a_defer_that_does_not_fit_releases_before_it_lands),
		cmocka_unit_test(what_came_after_a_mark_is_given_back),
		cmocka_unit_test(a_mark_of_an_empty_arena_gives_all_back),
		cmocka_unit_test(copies_keep_absent_and_empty_apart),
		cmocka_unit_test(a_buffer_grows_with_and_without_an_arena),
		cmocka_unit_test(errors_keep_their_order_and_the_first_of_a_field_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
