/*
 * Cursors: base64url of the last row's id and sort value, and a MAC over them, the tenant, the order and the
 * filters. What a list is, is not in the cursor: the request says it again, and a cursor of another list does not
 * verify.
 */
#include <sodium.h>

#include "lib/entity/entity_internal.h"

#define MAC_BYTES 16
#define ID_BYTES 16
#define MOST_CURSOR_TEXT 4096

static uint8_t list_key[32];

void entity_list_key(const uint8_t key[32])
{
	memcpy(list_key, key, sizeof list_key);
}

/* With its length in front, so that parts cannot be shifted into one another; absent and empty differ. */
static void sign_part(crypto_generichash_state *state, struct str part)
{
	uint64_t length = str_absent(part) ? UINT64_MAX : part.n;

	crypto_generichash_update(state, (const uint8_t *)&length, sizeof length);
	if (part.n)
		crypto_generichash_update(state, (const uint8_t *)part.p, part.n);
}

static void sign(struct uuid tenant, const struct entity *entity, const struct list_query *query, struct str payload,
		 uint8_t mac[MAC_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, list_key, sizeof list_key, MAC_BYTES);
	crypto_generichash_update(&state, tenant.bytes, sizeof tenant.bytes);
	sign_part(&state, str_from(entity->plural));
	sign_part(&state, str_from(entity->fields[query->sort_field].name));
	sign_part(&state, query->descending ? STR("-") : STR("+"));
	sign_part(&state, query->q);
	for (size_t i = 0; i < query->filter_count; i++) {
		sign_part(&state, query->filters[i].parameter);
		sign_part(&state, query->filters[i].text);
	}
	sign_part(&state, payload);
	crypto_generichash_final(&state, mac, MAC_BYTES);
}

struct str cursor_make(struct arena *arena, struct uuid tenant, const struct entity *entity,
		       const struct list_query *query, struct str key, struct uuid id)
{
	struct buffer payload = BUFFER_IN(arena);
	uint8_t mac[MAC_BYTES];

	buffer_add(&payload, id.bytes, sizeof id.bytes);
	buffer_add_str(&payload, key);
	sign(tenant, entity, query, buffer_str(&payload), mac);
	buffer_add(&payload, mac, sizeof mac);
	return base64url_encode(arena, buffer_str(&payload));
}

bool cursor_open(struct arena *arena, struct uuid tenant, const struct entity *entity, const struct list_query *query,
		 struct str *key, struct uuid *id)
{
	uint8_t mac[MAC_BYTES];
	struct str bytes;

	if (query->cursor.n > MOST_CURSOR_TEXT || !base64url_decode(arena, query->cursor, &bytes) ||
	    bytes.n < ID_BYTES + MAC_BYTES)
		return false;
	bytes.n -= MAC_BYTES;
	sign(tenant, entity, query, bytes, mac);
	if (sodium_memcmp(mac, bytes.p + bytes.n, MAC_BYTES) != 0)
		return false;
	memcpy(id->bytes, bytes.p, ID_BYTES);
	*key = (struct str){bytes.p + ID_BYTES, bytes.n - ID_BYTES};
	return true;
}
