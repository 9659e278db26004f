/*
 * FastCGI, as libfcgi speaks it. The only user of fcgiapp.h.
 *
 * libfcgi accepts and reads without any deadline. So connections are accepted here, get their deadlines, and are then handed to it.
 */
#ifndef DEMAND_FASTCGI_IO_H
#define DEMAND_FASTCGI_IO_H

#include "fcgi/web.h"

struct fastcgi;

/* One a worker. Takes over the handling of SIGPIPE; install other handlers afterwards. */
struct fastcgi *fastcgi_new(int listener);
void fastcgi_free(struct fastcgi *); /* NULL is fine */
/*
 * The next request, without waiting for a connection: NULL when there is none, or none that can be read. *accepted is set once a connection
 * is in hand (for the watchdog, before anything is read).
 */
struct request *fastcgi_next(struct fastcgi *, struct arena *, void (*accepted)(void *), void *argument);
/* Sends the answer to the request of fastcgi_next and ends the connection. */
void fastcgi_answer(struct fastcgi *, const struct response *);
/* Ends the connection without one. */
void fastcgi_drop(struct fastcgi *);

#endif
