/* What fixture_special.c's table has from fixture_entry.c. fresh: what the request uses up is made for it. */
#ifndef DEMAND_TESTS_ISOLATION_ENTRY_H
#define DEMAND_TESTS_ISOLATION_ENTRY_H

#include "tests/isolation/fixture.h"

void shot_workspace(struct shot *, bool fresh);
void shot_draft_with_company(struct shot *, bool fresh);
void shot_draft_with_owner(struct shot *, bool fresh);
void shot_draft_with_subdomain(struct shot *, bool fresh);
void shot_draft_done(struct shot *, bool fresh);
void shot_subdomain_query(struct shot *, bool fresh);
void shot_password_of_owner(struct shot *, bool fresh);
void shot_handover_code(struct shot *, bool fresh);
void shot_password_token(struct shot *, bool fresh);
void shot_log_out(struct shot *, bool fresh);
void shot_own_account(struct shot *, bool fresh);
void shot_own_password(struct shot *, bool fresh);

#endif
