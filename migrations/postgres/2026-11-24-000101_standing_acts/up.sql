-- What somebody elsewhere did, and did not undo: an undoing ends the act that it names, and what it did is
-- over when no other such act stands. Kept for as long as something may still be on its way.
CREATE TABLE standing_acts (
    -- what was done to what: 'lock http://…'
    about TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    activity TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (about, actor_id, activity)
);
CREATE INDEX standing_acts_age ON standing_acts (created);
