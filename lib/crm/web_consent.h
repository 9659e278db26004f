/*
 * Which words somebody agreed to. The box of a form carries a short name of the words that stand beside it, since a form that was pasted into a website,
 * or was open while it was changed, still shows the earlier ones: what is kept is what was shown.
 */
#ifndef DEMAND_WEB_CONSENT_H
#define DEMAND_WEB_CONSENT_H

#include "lib/entity/entity.h"

/* The name of the words: what the ticked box sends. */
struct str web_consent_name(struct arena *, struct str words);
/* Whether the name is that of the words which the form has now. */
bool web_consent_is_now(struct arena *, const struct record *form, struct str name);
/* The words of that name, which the form has or had. *words is absent when it never had any of them. */
enum err web_consent_find(struct ttx *, const struct record *form, struct str name, struct str *words) MUST_CHECK;

#endif
