/* Two rows become one: which values hold, and many pairs at once. */
#include "tests/db/merge_fixture.h"

/* ---- fields ---- */

static void empty_fields_are_filled_and_an_address_stays_in_one_piece(void **state)
{
	struct uuid kept = made(&contact_entity,
				"{\"name\": \"Dee\", \"address\": \"1 Elm Street\", \"notes\": \"Dog\"}"),
		    gone = made(&contact_entity,
				"{\"name\": \"Dee Poe\", \"address\": \"9 Oak Lane\", \"zip\": \"78701\", "
				"\"company\": \"Poe Ltd\", \"notes\": \"Gate 4\"}");
	struct merge_choice both = {entity_field(&contact_entity, STR("notes")), MERGE_BOTH};
	struct merge_order order = {
		.entity = &contact_entity, .kept = kept, .gone = gone, .choices = &both, .count = 1};
	struct uuid id;

	(void)state;
	assert_int_equal(try_merge(&order, errors_new(arena), &id), OK);
	assert_string_equal(text_of(&contact_entity, kept, "company"), "Poe Ltd");
	assert_string_equal(text_of(&contact_entity, kept, "address"), "1 Elm Street");
	assert_string_equal(text_of(&contact_entity, kept, "zip"), "");
	assert_string_equal(text_of(&contact_entity, kept, "notes"), "Dog\n\nGate 4");
}

/* The same number and address, written otherwise: nothing to choose. */
static void a_number_is_the_same_however_it_is_written(void **state)
{
	struct merge_order order = {
		.entity = &contact_entity,
		.kept = made(&contact_entity,
			     "{\"name\": \"A\", \"phone\": \"(512) 555-0123\", \"email\": \"a@example.com\"}"),
		.gone = made(&contact_entity,
			     "{\"name\": \"A\", \"phone\": \"512.555.0123\", \"email\": \"A@example.com\"}")};
	struct merge_preview preview;
	struct ttx *tx = begin(&shop, TX_READ);

	(void)state;
	assert_int_equal(merge_preview(tx, &order, errors_new(arena), &preview), OK);
	for (size_t i = 0; i < contact_entity.field_count; i++)
		assert_false(preview.fields[i].told);
	commit(tx);
}

static void a_person_who_has_left_is_not_filled_in(void **state)
{
	struct uuid user = uuid_new(), kept, gone;

	(void)state;
	test_sql("INSERT INTO tenant_users (tenant_id, id, email, email_norm, role) VALUES ('%s', '%s', "
		 "'x@example.com', "
		 "'x@example.com', 'member')",
		 id_of(shop.tenant), id_of(user));
	kept = made(&contact_entity, "{\"name\": \"E\"}");
	gone = made(&contact_entity, arena_printf(arena, "{\"name\": \"F\", \"owner_id\": \"%s\"}", id_of(user)).p);
	test_sql("UPDATE tenant_users SET is_active = false WHERE id = '%s'", id_of(user));
	(void)merged(&contact_entity, kept, gone);
	assert_string_equal(text_of(&contact_entity, kept, "owner_id"), "");
}

static void choices_that_make_no_sense_are_refused_at_the_field(void **state)
{
	struct uuid kept = made(&lead_entity, "{\"name\": \"G\"}"),
		    gone = made(&lead_entity, "{\"name\": \"H\", \"status\": \"won\"}"), id;
	struct merge_choice choices[] = {{entity_field(&lead_entity, STR("stage_id")), MERGE_OTHER},
					 {entity_field(&lead_entity, STR("name")), MERGE_BOTH}};
	struct merge_order order = {.entity = &lead_entity, .kept = kept, .gone = gone, .choices = choices, .count = 2};
	struct errors *errors = errors_new(arena);

	(void)state;
	assert_int_equal(try_merge(&order, errors, &id), E_INVALID);
	assert_string_equal(code_at(errors, "stage_id"), "not_a_choice");
	assert_string_equal(code_at(errors, "name"), "not_a_choice");
	order = (struct merge_order){.entity = &lead_entity, .kept = kept, .gone = kept};
	assert_int_equal(try_merge(&order, errors_new(arena), &id), E_INVALID);
	order = (struct merge_order){.entity = &lead_entity, .kept = kept, .gone = uuid_new()};
	errors = errors_new(arena);
	assert_int_equal(try_merge(&order, errors, &id), E_INVALID);
	assert_string_equal(code_at(errors, "remove"), "not_found");
	order = (struct merge_order){.entity = entity_find(STR("tasks")), .kept = kept, .gone = gone};
	assert_int_equal(try_merge(&order, errors_new(arena), &id), E_INVALID);
	order = (struct merge_order){.entity = &lead_entity, .kept = kept, .gone = gone, .gone_version = 7};
	assert_int_equal(try_merge(&order, errors_new(arena), &id), E_PRECONDITION);
}

static void tags_are_united_up_to_the_most(void **state)
{
	struct uuid kept, gone, id;
	struct buffer first = BUFFER_IN(arena), second = BUFFER_IN(arena);

	(void)state;
	for (int i = 0; i < 24; i++) {
		test_sql("INSERT INTO tags (tenant_id, id, name) VALUES ('%s', gen_random_uuid(), 'T%02d')",
			 id_of(shop.tenant), i);
		if (i < 18)
			buffer_printf(&first, "%s\"T%02d\"", i ? "," : "", i);
		if (i >= 16)
			buffer_printf(&second, "%s\"T%02d\"", i > 16 ? "," : "", i);
	}
	kept = made(&lead_entity, arena_printf(arena, "{\"name\": \"I\", \"tags\": [%s]}", first.bytes).p);
	gone = made(&lead_entity, arena_printf(arena, "{\"name\": \"J\", \"tags\": [%s]}", second.bytes).p);
	id = merged(&lead_entity, kept, gone);
	assert_true(str_ends(record_text(read_row(&lead_entity, kept), "tags"), STR("T17\nT18\nT19")));
	(void)undone(id);
	assert_true(str_ends(record_text(read_row(&lead_entity, kept), "tags"), STR("T16\nT17")));
	assert_true(str_starts(record_text(read_row(&lead_entity, gone), "tags"), STR("T16\nT17\nT18")));
}

/* ---- many at once ---- */

static void pairs_keep_the_older_and_follow_chains(void **state)
{
	struct uuid a = made(&contact_entity, "{\"name\": \"A\"}"),
		    b = made(&contact_entity, "{\"name\": \"B\", \"email\": \"b@example.com\"}"),
		    c = made(&contact_entity, "{\"name\": \"C\", \"phone\": \"512 555 0166\"}");
	struct merge_pair pairs[] = {{.first = b, .second = a},
				     {.first = b, .second = c},
				     {.first = a, .second = c},
				     {.first = a, .second = uuid_new()}};
	const char *before = all_rows();
	struct ttx *tx = begin(&shop, TX_WRITE);

	(void)state;
	assert_int_equal(merge_pairs(tx, &contact_entity, pairs, COUNT_OF(pairs)), OK);
	commit(tx);
	assert_true(pairs[0].done && uuid_equal(pairs[0].kept, a));
	assert_true(pairs[1].done && uuid_equal(pairs[1].kept, a));
	assert_true(!pairs[2].done && pairs[2].err == OK);
	assert_true(!pairs[3].done && pairs[3].err == E_INVALID);
	assert_string_equal(text_of(&contact_entity, a, "email"), "b@example.com");
	assert_string_equal(text_of(&contact_entity, a, "phone"), "512 555 0166");
	(void)undone(pairs[1].merge_id);
	(void)undone(pairs[0].merge_id);
	assert_same_rows(before, all_rows());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MERGING(empty_fields_are_filled_and_an_address_stays_in_one_piece),
		MERGING(a_number_is_the_same_however_it_is_written),
		MERGING(a_person_who_has_left_is_not_filled_in),
		MERGING(choices_that_make_no_sense_are_refused_at_the_field),
		MERGING(tags_are_united_up_to_the_most),
		MERGING(pairs_keep_the_older_and_follow_chains),
	};

	return cmocka_run_group_tests_name("merge_fields", tests, open_tests, close_database);
}
