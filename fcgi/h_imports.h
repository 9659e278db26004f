/* What pages and API of imports share. */
#ifndef DEMAND_H_IMPORTS_H
#define DEMAND_H_IMPORTS_H

#include "fcgi/web.h"
#include "lib/crm/import.h"

/* A page of the list, behind the place; *next: where the next one begins, absent on the last. */
enum err imports_read(struct context *, const struct history_place *after, struct import ***out, size_t *count,
		      struct str *next) MUST_CHECK;
/* The parts "file" and "entity" of the form. */
enum err import_take_upload(struct context *, struct uuid *id) MUST_CHECK;
/* The parts "encoding" and "delimiter", where they were sent. *anew: the headings are others now, and what was said of them is void. */
enum err import_reread_as_sent(struct context *, struct import *, bool *anew) MUST_CHECK;
/* The import goes from state to state, with the job that goes on with it. */
enum err import_begin(struct context *, struct import *) MUST_CHECK;
enum err import_discard_it(struct context *, struct import *) MUST_CHECK;
enum err import_stop_it(struct context *, struct import *) MUST_CHECK;
enum err import_take_held_of(struct context *, struct import *) MUST_CHECK;
enum err import_undo_it(struct context *, struct import *) MUST_CHECK;

#endif
