-- Until when a host asked for a pause, and since when it is given up.
ALTER TABLE hosts ADD COLUMN asked_until BIGINT;
ALTER TABLE hosts ADD COLUMN given_up BIGINT;
