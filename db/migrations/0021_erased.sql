-- What a bulk action would give back of a row is found when the row is erased.
CREATE INDEX bulk_action_rows_row ON bulk_action_rows (tenant_id, row_id);
