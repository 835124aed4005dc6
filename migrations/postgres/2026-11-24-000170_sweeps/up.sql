-- Whose writings have yet to go with a ban, or to come back with its end: work in steps.
CREATE TABLE sweeps (
    place_id BIGINT NOT NULL REFERENCES actors (id),
    person_id BIGINT NOT NULL REFERENCES actors (id),
    act TEXT NOT NULL,
    by_id BIGINT NOT NULL REFERENCES actors (id),
    reason TEXT,
    on_comments BOOLEAN NOT NULL,
    after_time BIGINT NOT NULL,
    after_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (place_id, person_id)
);
