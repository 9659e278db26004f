#include "lib/text/template.h"

static const struct str entities[256] = {
	['&'] = {"&amp;", 5}, ['<'] = {"&lt;", 4}, ['>'] = {"&gt;", 4}, ['"'] = {"&quot;", 6}, ['\''] = {"&#39;", 5},
};

void html_escape(struct buffer *out, struct str s)
{
	size_t start = 0;

	for (size_t i = 0; i < s.n; i++) {
		struct str entity = entities[(unsigned char)s.p[i]];

		if (entity.n == 0)
			continue;
		buffer_add(out, s.p + start, i - start);
		buffer_add_str(out, entity);
		start = i + 1;
	}
	if (start < s.n)
		buffer_add(out, s.p + start, s.n - start);
}
