/* The word on what was just done, said once after a redirect: ?done=saved. */
#ifndef DEMAND_FLASH_H
#define DEMAND_FLASH_H

#include "lib/base/base.h"

struct flash {
	const char *code, *tone, *text;
};
/* NULL for a code that nobody made. */
const struct flash *flash_find(struct str code);

#endif
