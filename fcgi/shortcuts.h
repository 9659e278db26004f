/*
 * The keyboard shortcuts: one table, which the sheet behind "?", the page /shortcuts and, through the sheet's markup, the script read.
 * A person may switch them off on their device (WCAG 2.1.4): then no page carries the sheet, and the script has nothing to listen for.
 */
#ifndef DEMAND_SHORTCUTS_H
#define DEMAND_SHORTCUTS_H

#include "fcgi/web.h"

/* page.shortcuts: groups of the table; page.shortcuts_on. */
void shortcuts_put(struct context *);

#endif
