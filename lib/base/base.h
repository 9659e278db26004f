/*
 * The vocabulary of every layer: borrowed strings, the one status type, and
 * the attributes that let the compiler hold us to a contract.
 */
#ifndef DEMAND_BASE_H
#define DEMAND_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define NORETURN __attribute__((noreturn))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The only status that crosses a header; fcgi/error_page.c maps it to HTTP once. */
enum err {
	OK = 0,
	E_MALFORMED,    /* 400: cannot be parsed at all */
	E_INVALID,      /* 422: parsed, but a field is wrong; see struct errors */
	E_UNAUTH,       /* 401: no or bad credential */
	E_LIMIT,        /* 402: the plan's limit or the trial's end; lifted by an upgrade */
	E_FORBIDDEN,    /* 403: known, but may not */
	E_NOTFOUND,     /* 404: also for every id of another tenant */
	E_METHOD,       /* 405 */
	E_CONFLICT,     /* 409: taken, or in flight */
	E_PRECONDITION, /* 412: If-Match names an old version */
	E_TOOBIG,       /* 413 */
	E_MEDIA,        /* 415: unexpected Content-Type */
	E_NEEDMATCH,    /* 428: If-Match is missing */
	E_RATE,         /* 429 */
	E_INTERNAL,     /* 500: our fault; logged with the request id */
	E_BUSY          /* 503: database away, locked or slow; the caller may retry */
};

/* Borrowed bytes: never owned, not NUL-terminated by contract. {NULL, 0} is "absent"; see str_absent(). */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For printf("%.*s"): STR_FMT_ARG(s) */
#define STR_FMT_ARG(s) (int)(s).n, (s).n ? (s).p : ""

static inline struct str str_from(const char *c_string) /* NULL gives the absent string */
{
	return c_string ? (struct str){c_string, strlen(c_string)} : STR_NONE;
}
static inline bool str_absent(struct str s)
{
	return s.p == NULL;
}
static inline bool str_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(struct str a, const char *c_string)
{
	return str_equal(a, str_from(c_string));
}

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_equal_nocase(struct str a, struct str b); /* ASCII only */
struct str str_trim(struct str s);                 /* ASCII white space at both ends */
/* Splits at the first separator: returns the head and leaves the tail in *rest; *rest is absent when there was none left. */
struct str str_split(struct str *rest, char separator);
/* Decimal digits with an optional '-', no sign '+', no space, range checked. False leaves *out alone. */
bool str_to_int64(struct str s, int64_t *out) MUST_CHECK;

/* Constant-time comparison for secrets; lengths may differ (then false). */
bool str_equal_secret(struct str a, struct str b);

#endif
