/* What an attribute's value means to a browser: plain text, an address, or something that runs. */
#include "lib/text/template_html.h"

/* clang-format off */
static const struct {
	const char *name;
	enum html_attribute kind;
} attributes[] = {
	{"href", ATTRIBUTE_URL},           {"src", ATTRIBUTE_URL},          {"action", ATTRIBUTE_URL},
	{"formaction", ATTRIBUTE_URL},     {"poster", ATTRIBUTE_URL},       {"xlink:href", ATTRIBUTE_URL},
	{"cite", ATTRIBUTE_URL},           {"ping", ATTRIBUTE_URL},         {"data", ATTRIBUTE_URL},
	{"background", ATTRIBUTE_URL},     {"manifest", ATTRIBUTE_URL},     {"data-href", ATTRIBUTE_URL},
	{"hx-get", ATTRIBUTE_URL},         {"hx-post", ATTRIBUTE_URL},      {"hx-put", ATTRIBUTE_URL},
	{"hx-patch", ATTRIBUTE_URL},       {"hx-delete", ATTRIBUTE_URL},    {"hx-push-url", ATTRIBUTE_URL},
	{"hx-replace-url", ATTRIBUTE_URL}, {"hx-action", ATTRIBUTE_URL},    {"style", ATTRIBUTE_REFUSED},
	{"srcdoc", ATTRIBUTE_REFUSED},     {"srcset", ATTRIBUTE_REFUSED},   {"imagesrcset", ATTRIBUTE_REFUSED},
	{"hx-vals", ATTRIBUTE_REFUSED},    {"hx-vars", ATTRIBUTE_REFUSED},  {"hx-headers", ATTRIBUTE_REFUSED},
	{"hx-trigger", ATTRIBUTE_REFUSED}, {"hx-config", ATTRIBUTE_REFUSED}, {"hx-request", ATTRIBUTE_REFUSED},
};
/* clang-format on */

static const char *const safe_schemes[] = {"http", "https", "mailto", "tel"};

enum html_attribute html_attribute_kind(struct str name)
{
	if (str_starts(name, STR("data-hx-"))) {
		name.p += strlen("data-");
		name.n -= strlen("data-");
	}
	if (str_starts(name, STR("hx-"))) {
		struct str rest = name;

		name = str_split(&rest, ':'); /* hx-get:inherited */
	}
	if (str_starts(name, STR("on")) || str_starts(name, STR("hx-on")))
		return ATTRIBUTE_REFUSED;
	for (size_t i = 0; i < COUNT_OF(attributes); i++) {
		if (str_is(name, attributes[i].name))
			return attributes[i].kind;
	}
	return ATTRIBUTE_TEXT;
}

bool html_scheme_safe(struct str scheme)
{
	for (size_t i = 0; i < COUNT_OF(safe_schemes); i++) {
		if (str_is(scheme, safe_schemes[i]))
			return true;
	}
	return false;
}
