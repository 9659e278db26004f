/* A statement of a request goes wrong: libpq's ways to send one are wrapped by the linker. */
#ifndef DEMAND_FAULT_H
#define DEMAND_FAULT_H

#include "lib/base/base.h"

enum fault { FAULT_NONE = 0, FAULT_ERROR, FAULT_CANCEL, FAULT_TERMINATE, FAULTS };
const char *fault_word(enum fault);
/* The kth statement from now on is answered by that instead; the next ones are left alone. */
void fault_arm(enum fault, size_t kth);
/* Whether it has come to that. Statements go as they are from here on. */
bool fault_disarm(void);
/* A lost connection is made anew once a second: that second is over. */
void fault_let_a_second_pass(void);

#endif
