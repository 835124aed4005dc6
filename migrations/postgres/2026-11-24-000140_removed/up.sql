-- Removed groups and banned people are few, and are asked for with every list.
CREATE INDEX actors_suspended ON actors (id) WHERE suspended;
