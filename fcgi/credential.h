/* Who says to be who: reads the credential a route asks for out of the headers, without any SQL. */
#ifndef DEMAND_CREDENTIAL_H
#define DEMAND_CREDENTIAL_H

#include "fcgi/exchange.h"

#define SESSION_COOKIE "__Host-session"

/*
 * Fills credential, token and visit. E_MALFORMED: two credentials that differ, a header or cookie sent twice. E_UNAUTH: none where one is
 * needed, or one that cannot be any.
 */
enum err credential_read(struct exchange *) MUST_CHECK;
/* Under which key this request is counted: the credential, else the address. */
struct str credential_rate_key(struct exchange *);

#endif
