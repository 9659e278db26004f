#include "fcgi/csrf.h"

#include <sodium.h>

static const uint8_t *key(void)
{
	static uint8_t bytes[32];
	static bool set;

	if (!set) {
		token_derive_key("csrf", bytes);
		set = true;
	}
	return bytes;
}

struct str csrf_make(struct arena *arena, enum csrf_kind kind, struct str subject)
{
	crypto_generichash_state state;
	unsigned char first = (unsigned char)kind;
	uint8_t mac[32];

	crypto_generichash_init(&state, key(), 32, sizeof(mac));
	crypto_generichash_update(&state, &first, 1);
	crypto_generichash_update(&state, (const unsigned char *)subject.p, subject.n);
	crypto_generichash_final(&state, mac, sizeof(mac));
	return base64url_encode(arena, (struct str){(const char *)mac, sizeof(mac)});
}

bool csrf_check(struct arena *arena, enum csrf_kind kind, struct str subject, struct str sent)
{
	return subject.n > 0 && sent.n > 0 && str_equal_secret(csrf_make(arena, kind, subject), sent);
}

bool csrf_from_here(struct str own_origin, struct str origin, struct str fetch_site)
{
	if (!str_absent(origin) && !str_equal(origin, own_origin))
		return false;
	return str_absent(fetch_site) || str_is(fetch_site, "same-origin") || str_is(fetch_site, "none");
}

bool csrf_visit_valid(struct str visit)
{
	for (size_t i = 0; i < visit.n; i++) {
		char c = visit.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return visit.n == VISIT_LENGTH;
}

struct str csrf_visit_new(struct arena *arena)
{
	char text[VISIT_LENGTH + 1];

	random_base62(text, VISIT_LENGTH);
	return arena_copy(arena, (struct str){text, VISIT_LENGTH});
}
