-- What is a person's or in a stage, in the order of the list and of its count: without it all of those rows were read and sorted to show the newest.
DROP INDEX leads_owner, leads_stage;
CREATE INDEX leads_owner ON leads (tenant_id, owner_id, created_at, id) INCLUDE (deleted_at);
CREATE INDEX leads_stage ON leads (tenant_id, stage_id, created_at, id) INCLUDE (deleted_at);

-- A person or a stage is of one company: knowing that, PostgreSQL expects half of the company's leads where it is half of them, and not the fiftieth part.
-- Without it a list of one's own leads in another order read and sorted all of them.
CREATE STATISTICS leads_owner_in_tenant (dependencies) ON tenant_id, owner_id FROM leads;
CREATE STATISTICS leads_stage_in_tenant (dependencies) ON tenant_id, stage_id FROM leads;
CREATE STATISTICS contacts_owner_in_tenant (dependencies) ON tenant_id, owner_id FROM contacts;
CREATE STATISTICS tasks_assignee_in_tenant (dependencies) ON tenant_id, assignee_id FROM tasks;
