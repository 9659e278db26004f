/* The ways through a workspace: the bar at the side (on a phone at the bottom), and the tabs of the settings. */
#ifndef DEMAND_NAVIGATION_H
#define DEMAND_NAVIGATION_H

#include "fcgi/web.h"

/* page.nav, nav_more, nav_more_active, settings_tabs. */
void navigation_put(struct context *);

#endif
