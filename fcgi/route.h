/* What is asked of the route table beyond web.h. */
#ifndef DEMAND_ROUTE_H
#define DEMAND_ROUTE_H

#include "fcgi/web.h"

/* One nginx location matcher a line for every address of the password pool: "= /login", "~ ^/api/users/[^/]+$". */
void routes_password_locations(struct buffer *out);
/* What routes_check() says about any rows. */
bool route_rows_check(const struct route *, size_t count, struct buffer *complaints) MUST_CHECK;
/* Complaints about templates that the table names and the folder lacks. */
bool routes_check_templates(const struct templates *, struct buffer *complaints) MUST_CHECK;

/* Whether a request to it carries the input that its entity describes: an action on a row, such as "restore", does not. */
bool route_takes_body(const struct route *);

/* Whether the route has that path; "{plural}" in it stands for every stored entity's word. */
bool route_path_is(const char *path, const struct route *);

#endif
