#include "lib/text/form.h"

struct str cookie_find(struct str header, const char *name, bool *duplicate)
{
	struct str found = STR_NONE;
	*duplicate = false;
	while (!str_absent(header)) {
		struct str value = str_trim(str_split(&header, ';'));
		struct str this_name = str_split(&value, '=');
		if (str_absent(value) || !str_is(this_name, name))
			continue;
		if (!str_absent(found))
			*duplicate = true;
		else
			found = value;
	}
	return found;
}
