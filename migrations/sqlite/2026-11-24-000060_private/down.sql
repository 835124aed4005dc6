DROP TABLE message_settings;
DROP TABLE correspondence;
DROP TABLE private_messages;
DROP INDEX groups_by_visibility;
ALTER TABLE groups DROP COLUMN visibility;
