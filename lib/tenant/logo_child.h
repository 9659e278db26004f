/* The child process of logo_accept: shuts itself in, decodes, answers into the pipe and exits. */
#ifndef DEMAND_LOGO_CHILD_H
#define DEMAND_LOGO_CHILD_H

#include "lib/tenant/logo_decode.h"

#define LOGO_CHILD_END '.'
#define LOGO_CHILD_MEMORY (256 * 1024 * 1024) /* over what the worker has mapped */
#define LOGO_CHILD_SECONDS 3                  /* of the processor; the parent waits 5 by the clock */

/* Sends the verdict (one byte), the PNG when it is LOGO_FINE, and LOGO_CHILD_END. */
NORETURN void logo_child(struct str bytes, int answer);

#endif
