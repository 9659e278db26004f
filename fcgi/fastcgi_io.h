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
/* Accepts a connection, without waiting for one, and gives it its deadlines; -1 when there is none. */
int fastcgi_accept(const struct fastcgi *);
/*
 * How much of a request has come, without waiting and without taking it. A worker serves one connection at a time: it takes one up when the request is
 * whole, or of a long body the first 64 KiB are there, so that a peer that begins and does not go on costs nobody else's time.
 */
enum head { HEAD_PART, HEAD_WHOLE, HEAD_GONE };
enum head fastcgi_head(struct fastcgi *, int connection);
/* The request of a connection, which is taken over; NULL, and the connection is closed, when there is none that can be read. */
struct request *fastcgi_next(struct fastcgi *, struct arena *, int connection);
/* Nobody waits for the answer any more. */
bool fastcgi_given_up(const struct fastcgi *);
/* Sends the answer to the request of fastcgi_next and ends the connection. */
void fastcgi_answer(struct fastcgi *, const struct response *);
/* An answer in pieces: its head, then bodies in order, then its end. False: nobody takes it. */
bool fastcgi_begin(struct fastcgi *, const struct response *) MUST_CHECK;
bool fastcgi_piece(struct fastcgi *, struct str bytes) MUST_CHECK;
void fastcgi_end(struct fastcgi *);
/* Instead of the end: the front server, and whoever asked it, see that there was to be more. */
void fastcgi_break(struct fastcgi *);
/* Ends the connection without one. */
void fastcgi_drop(struct fastcgi *);

#endif
