-- Leads by when their answer was due and when it was given: the list's filters.
CREATE INDEX leads_answer_due ON leads (tenant_id, response_due_at) WHERE deleted_at IS NULL;
CREATE INDEX leads_answered ON leads (tenant_id, first_response_at) WHERE deleted_at IS NULL;
