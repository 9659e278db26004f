-- Pinned notes stand above the timeline of their lead or contact: each page asks for them, and most have none.
CREATE INDEX notes_pinned_lead ON notes (tenant_id, lead_id, created_at, id) WHERE is_pinned AND deleted_at IS NULL;
CREATE INDEX notes_pinned_contact ON notes (tenant_id, contact_id, created_at, id) WHERE is_pinned AND deleted_at IS NULL;
