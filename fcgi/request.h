/* Building a request out of what the server in front tells; what tests use, too. */
#ifndef DEMAND_REQUEST_H
#define DEMAND_REQUEST_H

#include "fcgi/web.h"

#define REQUEST_BODY_MOST ((size_t)4 * 1024 * 1024)
#define REQUEST_QUERY_MOST ((size_t)8 * 1024)
#define REQUEST_PATH_MOST ((size_t)2 * 1024)
#define REQUEST_HEADERS_MOST 100

enum method method_find(struct str name); /* METHOD_OTHER */
bool method_is_safe(enum method);         /* GET, HEAD, OPTIONS */
/* "name=value" as FastCGI and CGI have it ("HTTP_X_API_KEY=…", "REQUEST_URI=…"), ended by NULL. The body is left to the caller. */
struct request *request_from_parameters(struct arena *, const char *const *parameters);
/* Of the Content-Length header; -1 when it is missing or no number. */
int64_t request_content_length(const struct request *);

#endif
