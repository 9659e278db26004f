/*
 * No memory: within dispatch_request() the nth allocation fails, once, of ours and of the libraries we call (under the address sanitizer: of ours).
 * An abort() there is caught, and stands for the end of the worker.
 */
#ifndef DEMAND_FAULTS_MEMORY_H
#define DEMAND_FAULTS_MEMORY_H

#include "lib/base/base.h"

/* The next call of dispatch_request() is the one. */
void memory_arm(size_t nth);
/* Whether it came to that. */
bool memory_fired(void);
/* Whether the worker has ended itself. Its response is empty then. */
bool memory_died(void);
/* The allocations of the last dispatch_request(). */
size_t memory_count(void);

#endif
