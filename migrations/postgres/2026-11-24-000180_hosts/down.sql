ALTER TABLE hosts DROP COLUMN given_up;
ALTER TABLE hosts DROP COLUMN asked_until;
