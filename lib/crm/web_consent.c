#include "lib/crm/web_consent.h"

#include "lib/entity/history.h"

#include <sodium.h>

#define NAME_BYTES 9
#define EARLIER_MOST 500

struct str web_consent_name(struct arena *arena, struct str words)
{
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)words.p, words.n, NULL, 0);
	return base64url_encode(arena, (struct str){(const char *)hash, NAME_BYTES});
}

static bool is_named(struct arena *arena, struct str words, struct str name)
{
	return words.n > 0 && str_equal(web_consent_name(arena, words), name);
}

bool web_consent_is_now(struct arena *arena, const struct record *form, struct str name)
{
	return is_named(arena, record_text(form, "consent_text"), name);
}

/* Words that are no more the form's are in its history. */
STATEMENT(earlier_words, "SELECT changes::text FROM record_changes WHERE tenant_id = $1 AND entity = 'web_forms'"
			 " AND row_id = $2 AND changes @> '[{\"field\": \"consent_text\"}]'"
			 " ORDER BY changed_at DESC, id DESC LIMIT $3");

static struct str earlier_of(struct arena *arena, const struct record *form, struct str changes)
{
	struct history_change *each;
	size_t count = history_changes(arena, record_entity(form), changes, &each);

	for (size_t i = 0; i < count; i++)
		if (str_is(each[i].name, "consent_text"))
			return each[i].from_text;
	return STR_NONE;
}

enum err web_consent_find(struct ttx *tx, const struct record *form, struct str name, struct str *words)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err;

	*words = STR_NONE;
	if (name.n == 0)
		return OK;
	if (web_consent_is_now(arena, form, name)) {
		*words = record_text(form, "consent_text");
		return OK;
	}
	err = ttx_rows(tx, &earlier_words, ARGS(arg_uuid(arena, record_id(form)), arg_int(arena, EARLIER_MOST)), &rows);
	while (err == OK && str_absent(*words) && rows_next(rows)) {
		struct str earlier = earlier_of(arena, form, rows_str(rows, 0));

		if (is_named(arena, earlier, name))
			*words = earlier;
	}
	return err;
}
