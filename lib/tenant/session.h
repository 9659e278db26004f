/*
 * Sessions of people. The token is the cookie's value and works as a Bearer token; the database keeps its keyed hash.
 * A session ends 14 days after its last use (principal_touch slides it) and 30 days after log-in at the latest.
 */
#ifndef DEMAND_SESSION_H
#define DEMAND_SESSION_H

#include "lib/entity/entity.h"
#include "lib/tenant/principal.h"

#define SESSION_IDLE_DAYS 14
#define SESSION_MOST_DAYS 30

/* Inputs: log-in (email, password) and a new password (password). */
extern const struct entity login_entity, password_entity;

/* Where a session comes from, for the list of sessions; cut to 400 and 64 bytes. Absent members are fine. */
struct session_origin {
	struct str user_agent, address;
};

struct session {
	struct str token; /* secret */
	struct uuid id;
	int64_t expires_at;
	struct principal *principal; /* whose it is: id, role, name, email */
};

/*
 * E_UNAUTH for an unknown address, a wrong password, an inactive user and a user without a password, at the same cost and with the same
 * answer. E_BUSY when the hash found no memory. TX_WRITE. Also brings an old hash up to today's costs.
 */
enum err log_in(struct ttx *, const struct tenant *, struct str email, struct str password,
		const struct session_origin *, struct session *out) MUST_CHECK;
/* For who has proved to be the user otherwise (link_take). E_UNAUTH when the user is unknown or inactive. */
enum err session_start(struct ttx *, const struct tenant *, struct uuid user, const struct session_origin *,
		       struct session *out) MUST_CHECK;
/* Log-out. OK also when it has gone already. */
enum err session_end(struct ttx *, struct uuid session) MUST_CHECK;
/* Ends the user's sessions but `keep`; uuid_zero() keeps none. */
enum err session_end_others_of_user(struct ttx *, struct uuid user, struct uuid keep) MUST_CHECK;

#endif
