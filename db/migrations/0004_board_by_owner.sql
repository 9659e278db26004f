-- The board of one person's leads: as cheap as the whole one.
CREATE INDEX leads_board_owner ON leads (tenant_id, owner_id, stage_id, stage_position, id) INCLUDE (value_cents) WHERE deleted_at IS NULL;
