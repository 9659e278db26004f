/*
 * Bodies that are larger than a request's memory: files that people bring. Which addresses take one, and where it lies
 * while it is read: in a file without a name that is mapped, so that the rest sees bytes like any others.
 */
#ifndef DEMAND_LARGE_BODY_H
#define DEMAND_LARGE_BODY_H

#include "fcgi/web.h"

/* Of the file; what stands around it in the form comes on top. */
#define UPLOAD_MOST ((size_t)50 * 1024 * 1024)

/* What a request to the address may carry at most; REQUEST_BODY_MOST where nothing else is said. */
size_t body_most(enum method, struct str path);
/* The forms that carry it. */
extern const struct form_limits form_limits_upload;
/* "= /imports 52m" a line, for nginx: the address and what it may let through. */
void large_body_locations(struct buffer *out);
/* Complaints about addresses that no route has. */
bool large_bodies_check(struct buffer *complaints) MUST_CHECK;

/* Gives at most so many bytes; 0 or less when no more come. */
typedef int body_source(void *from, char *bytes, int most);
/* Exactly `length` bytes; false when they did not come, or there is no room for them. Lives as long as the arena. */
bool large_body_read(struct arena *, body_source *, void *from, size_t length, struct str *out) MUST_CHECK;

#endif
