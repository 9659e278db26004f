/*
 * Passwords: Argon2id in PHC form through libsodium, and what makes one acceptable. A hash costs about a tenth of a second and 19 MiB:
 * run these in the password pool only.
 */
#ifndef DEMAND_PASSWORD_H
#define DEMAND_PASSWORD_H

#include "lib/base/errors.h"

/* OWASP's minimum for Argon2id with one lane. */
#define PASSWORD_OPERATIONS 2
#define PASSWORD_MEMORY_BYTES (19 * 1024 * 1024)
#define PASSWORD_LEAST_CODE_POINTS 12
#define PASSWORD_MOST_CODE_POINTS 256
#define PASSWORD_MOST_BYTES 1024
/* A field, `password`, in which one is chosen; what it must be is asked of password_acceptable(). */
#define PASSWORD_FIELD(words)                                                                                          \
	{                                                                                                              \
		.name = "password", .label = (words),                                                                  \
		.help = "At least 12 characters. A few words in a row are easy to remember and hard to guess.",        \
		.type = FIELD_PASSWORD, .flags = FIELD_REQUIRED | FIELD_WRITE_ONLY,                                    \
		.minimum = PASSWORD_LEAST_CODE_POINTS, .maximum = PASSWORD_MOST_CODE_POINTS,                           \
		.autocomplete = "new-password",                                                                        \
	}

/* What the password must not be built from; absent members are skipped. */
struct password_context {
	struct str email, person, company;
};
/* Adds errors at `field` in words for the person; false when there are any. Costs no hash. */
bool password_acceptable(struct str password, const struct password_context *, const char *field,
			 struct errors *) MUST_CHECK;

/* E_BUSY when there is no memory for it. */
enum err password_hash(struct arena *, struct str password, struct str *hash) MUST_CHECK;
/*
 * OK, E_UNAUTH when it is another password, E_BUSY when there is no memory for it. hash absent (no such user, none set yet): the
 * same work against a fixed hash, then E_UNAUTH.
 */
enum err password_verify(struct str hash, struct str password) MUST_CHECK;
/* True when the hash was made with other costs than today's. */
bool password_needs_rehash(struct str hash);

#endif
