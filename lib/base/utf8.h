/* Strict UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
#ifndef DEMAND_UTF8_H
#define DEMAND_UTF8_H

#include "lib/base/arena.h"

/* True when s is valid UTF-8 and holds no NUL. */
bool utf8_valid(struct str);
/* Sequences of several bytes in it, and bytes that belong to none: what text in another encoding is full of. */
struct utf8_count {
	size_t sequences, broken;
};
struct utf8_count utf8_count(struct str);
#define UTF8_REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
/* Valid: each byte of s that belongs to no sequence, and each NUL, is U+FFFD. */
struct str utf8_mended(struct arena *, struct str s);
/* Number of code points of a valid string. */
size_t utf8_length(struct str);
/* True when s holds a control character other than tab, line feed and carriage return (C0, DEL, C1). */
bool utf8_has_control(struct str);
/* Longest prefix of at most `most` code points. */
struct str utf8_prefix(struct str, size_t most);

#endif
