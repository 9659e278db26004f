#include <errno.h>
#include <sodium.h>
#include <sys/mman.h>

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

/* libsodium calls a lack of memory a mismatch. Its own call may have told errno; else memory is asked for once more by ourselves. */
static bool memory_at_hand(void)
{
	size_t length = PASSWORD_MEMORY_BYTES + 64 * 1024;
	void *probe = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return probe != MAP_FAILED && munmap(probe, length) == 0;
}

enum err password_verify(struct str hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES];
	bool possible = password.n > 0 && password.n <= PASSWORD_MOST_BYTES;
	bool known = hash_text(hash, text) && possible;
	struct str tried = possible ? password : STR("nobody");

	errno = 0;
	if (crypto_pwhash_str_verify(known ? text : nobody_hash, tried.p, tried.n) == 0)
		return known ? OK : E_UNAUTH;
	if (errno == ENOMEM || !memory_at_hand()) {
		log_event(LOG_WARNING, "password_busy", "no memory to verify a password");
		return E_BUSY;
	}
	return E_UNAUTH;
}

bool password_needs_rehash(struct str hash)
{
	char text[crypto_pwhash_STRBYTES];

	return !hash_text(hash, text) ||
	       crypto_pwhash_str_needs_rehash(text, PASSWORD_OPERATIONS, PASSWORD_MEMORY_BYTES) != 0;
}
