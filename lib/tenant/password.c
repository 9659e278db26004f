#include <sodium.h>

#include "lib/base/log.h"
#include "lib/tenant/password.h"

/*
 * What an absent hash is compared with: the costs are today's, the password is nobody's. Kept as a literal so that the first log-in of a
 * worker costs no more than the next; tests/unit/test_tenant_password.c holds it against the constants.
 */
static const char nobody_hash[crypto_pwhash_STRBYTES] =
	"$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1zYWx0LTAwMQ$0000000000000000000000000000000000000000000";

enum err password_hash(struct arena *arena, struct str password, struct str *hash)
{
	char text[crypto_pwhash_STRBYTES];

	if (password.n == 0 || password.n > PASSWORD_MOST_BYTES)
		return E_INVALID;
	if (crypto_pwhash_str(text, password.p, password.n, PASSWORD_OPERATIONS, PASSWORD_MEMORY_BYTES) != 0) {
		log_event(LOG_WARNING, "password_busy", "no memory to hash a password");
		return E_BUSY;
	}
	*hash = arena_copy(arena, str_from(text));
	return OK;
}

/* libsodium wants the whole array. False when the hash cannot be one. */
static bool hash_text(struct str hash, char text[crypto_pwhash_STRBYTES])
{
	memset(text, 0, crypto_pwhash_STRBYTES);
	if (hash.n == 0 || hash.n >= crypto_pwhash_STRBYTES)
		return false;
	memcpy(text, hash.p, hash.n);
	return true;
}

#define KEY_BYTES 32

/* A hash in PHC form (https://github.com/P-H-C/phc-string-format), taken apart. */
struct parts {
	unsigned char salt[crypto_pwhash_SALTBYTES], key[KEY_BYTES];
	unsigned long long operations;
	size_t memory;
};

static bool read_number(struct str part, const char *name, int64_t most, int64_t *out)
{
	return str_starts(part, str_from(name)) &&
	       str_to_int64((struct str){part.p + strlen(name), part.n - strlen(name)}, out) && *out >= 1 &&
	       *out <= most;
}

static bool read_bytes(struct str text, unsigned char *out, size_t length)
{
	size_t got = 0;

	return !str_absent(text) &&
	       sodium_base642bin(out, length, text.p, text.n, NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	       got == length;
}

static bool take_apart(struct str hash, struct parts *parts)
{
	struct str rest = hash, empty = str_split(&rest, '$'), name = str_split(&rest, '$'),
		   version = str_split(&rest, '$'), costs = str_split(&rest, '$'), salt = str_split(&rest, '$'),
		   memory = str_split(&costs, ','), operations = str_split(&costs, ',');
	int64_t kibibytes, rounds;

	if (empty.n != 0 || !str_is(name, "argon2id") || !str_is(version, "v=19") || !str_is(costs, "p=1") ||
	    !read_number(memory, "m=", 1 << 20, &kibibytes) || !read_number(operations, "t=", 100, &rounds))
		return false;
	parts->memory = (size_t)kibibytes * 1024;
	parts->operations = (unsigned long long)rounds;
	return read_bytes(salt, parts->salt, sizeof parts->salt) && read_bytes(rest, parts->key, sizeof parts->key);
}

/*
 * Not crypto_pwhash_str_verify, which calls a lack of memory a mismatch: nobody is told that a password is wrong which nobody has looked at.
 */
enum err password_verify(struct str hash, struct str password)
{
	unsigned char key[KEY_BYTES];
	bool possible = password.n > 0 && password.n <= PASSWORD_MOST_BYTES, known, same;
	struct str tried = possible ? password : STR("nobody");
	struct parts parts;

	known = take_apart(hash, &parts) && possible;
	if (!known && !take_apart(str_from(nobody_hash), &parts))
		return E_INTERNAL;
	if (crypto_pwhash(key, sizeof key, tried.p, tried.n, parts.salt, parts.operations, parts.memory,
			  crypto_pwhash_ALG_ARGON2ID13) != 0) {
		log_event(LOG_WARNING, "password_busy", "no memory to verify a password");
		return E_BUSY;
	}
	same = sodium_memcmp(key, parts.key, sizeof key) == 0;
	sodium_memzero(key, sizeof key);
	return known && same ? OK : E_UNAUTH;
}

bool password_needs_rehash(struct str hash)
{
	char text[crypto_pwhash_STRBYTES];

	return !hash_text(hash, text) ||
	       crypto_pwhash_str_needs_rehash(text, PASSWORD_OPERATIONS, PASSWORD_MEMORY_BYTES) != 0;
}
