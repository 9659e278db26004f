/* What the page of a company's data shows of its exports. */
#ifndef DEMAND_H_EXPORT_LOG_H
#define DEMAND_H_EXPORT_LOG_H

#include "fcgi/web.h"

/* exports, older_url; "before" of the query says where they begin. */
enum err export_log_put(struct context *) MUST_CHECK;

#endif
