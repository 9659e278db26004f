/* What pages say of the sample data: that it is there, or that it could be. */
#ifndef DEMAND_SAMPLE_NOTICE_H
#define DEMAND_SAMPLE_NOTICE_H

#include "fcgi/web.h"

/*
 * Puts page.sample: is_present, may_remove, is_offered, return_to. `sent` comes from sample_present_send(); is_empty:
 * the page has nothing to show, and no filter is the reason.
 */
enum err sample_notice_put(struct context *, struct rows *sent, bool is_empty) MUST_CHECK;

#endif
