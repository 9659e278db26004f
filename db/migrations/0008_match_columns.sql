-- What rows are matched by, in lower case and in columns of their own: under row level security a condition on lower(email)
-- may not use an index, since lower() is not leakproof.
DROP INDEX leads_email, contacts_email, properties_address, equipment_serial;
ALTER TABLE leads ADD COLUMN email_norm text GENERATED ALWAYS AS (lower(email)) STORED;
ALTER TABLE contacts ADD COLUMN email_norm text GENERATED ALWAYS AS (lower(email)) STORED;
ALTER TABLE properties ADD COLUMN address_norm text GENERATED ALWAYS AS (lower(address)) STORED;
ALTER TABLE equipment ADD COLUMN serial_norm text GENERATED ALWAYS AS (lower(serial)) STORED;
CREATE INDEX leads_email ON leads (tenant_id, email_norm) WHERE deleted_at IS NULL;
CREATE INDEX contacts_email ON contacts (tenant_id, email_norm) WHERE deleted_at IS NULL;
CREATE INDEX properties_address ON properties (tenant_id, address_norm) WHERE deleted_at IS NULL;
CREATE INDEX equipment_serial ON equipment (tenant_id, serial_norm) WHERE deleted_at IS NULL;
