#include "fcgi/shortcuts.h"
#include "fcgi/handlers.h"
#include "fcgi/try.h"

#define SHORTCUTS_COOKIE "__Host-shortcuts"
#define A_YEAR (365 * 86400)

/* clang-format off */
static const struct shortcut {
	const char *group;  /* heading; NULL: as the one before */
	const char *keys;   /* as pressed, one after the other: "g l" */
	const char *words;
	const char *action; /* what the script does; NULL: the browser does it by itself */
	const char *target; /* go: an address; press: data-key of what is pressed */
} shortcuts[] = {
	{"Anywhere", "/", "Go to the search", "search", NULL},
	{NULL, "?", "Show this list", "sheet", NULL},
	{NULL, "Esc", "Close what is open", NULL, NULL},
	{"Go to", "g h", "Today", "go", "/"},
	{NULL, "g l", "Leads", "go", "/leads"},
	{NULL, "g c", "Contacts", "go", "/contacts"},
	{NULL, "g p", "Pipeline", "go", "/pipeline"},
	{NULL, "g t", "My day, with its tasks", "go", "/my-day"},
	{"In a list", "j", "Next row", "next", NULL},
	{NULL, "k", "Row before", "previous", NULL},
	{NULL, "Enter", "Open the row", NULL, NULL},
	{NULL, "n", "New record", "press", "new"},
	{"On a record", "e", "Edit it", "press", "edit"},
};
/* clang-format on */

static bool are_on(struct context *c)
{
	bool twice;

	return !str_is(cookie_find(request_header(c->request, "cookie", NULL), SHORTCUTS_COOKIE, &twice), "off");
}

static void put_shortcut(struct value *list, const struct shortcut *shortcut)
{
	struct arena *arena = value_arena(list);
	struct value *map = value_map(arena), *keys;
	struct str rest = str_from(shortcut->keys);

	keys = value_put_list(map, "keys");
	for (bool first = true; !str_absent(rest); first = false) {
		struct value *key = value_map(arena);

		value_put_str(key, "key", str_split(&rest, ' '));
		value_put_bool(key, "then", !first);
		value_append(keys, key);
	}
	value_put_text(map, "pressed", shortcut->keys);
	value_put_text(map, "words", shortcut->words);
	value_put_text(map, "action", shortcut->action);
	value_put_text(map, "target", shortcut->target ? shortcut->target : "");
	value_append(list, map);
}

void shortcuts_put(struct context *c)
{
	struct value *groups = value_put_list(c->page, "shortcuts"), *list = NULL;

	value_put_bool(c->page, "shortcuts_on", c->principal && are_on(c));
	if (!c->principal)
		return;
	for (size_t i = 0; i < COUNT_OF(shortcuts); i++) {
		if (shortcuts[i].group) {
			struct value *group = value_map(c->arena);

			value_put_text(group, "label", shortcuts[i].group);
			list = value_put_list(group, "rows");
			value_append(groups, group);
		}
		put_shortcut(list, &shortcuts[i]);
	}
}

enum err shortcuts_page(struct context *c)
{
	value_put_text(c->page, "title", "Keyboard shortcuts");
	return OK;
}

/* A device's own: it has a keyboard or it has none. */
enum err shortcuts_save(struct context *c)
{
	struct str wanted = form_text(&c->form, "shortcuts");

	if (!str_is(wanted, "on") && !str_is(wanted, "off")) {
		errors_add(c->errors, "shortcuts", "not_a_choice", "shortcuts must be one of: on, off.");
		return E_INVALID;
	}
	response_cookie(c->response, SHORTCUTS_COOKIE, wanted, str_is(wanted, "off") ? A_YEAR : 0);
	return context_redirect(c, STR("/shortcuts?done=saved"));
}
