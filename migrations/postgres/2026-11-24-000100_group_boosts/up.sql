-- With which activity a group of ours told of a thread by its address last: taken back, it is named, however
-- long ago it was. Activities themselves are forgotten after a while.
CREATE TABLE group_boosts (
    group_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    object TEXT NOT NULL,
    activity_id BIGINT NOT NULL,
    PRIMARY KEY (group_id, object)
);

INSERT INTO group_boosts (group_id, object, activity_id)
SELECT actor_id, object, MAX(id) FROM (
    SELECT actor_id, substr(about, 7) AS object, id FROM activities WHERE about LIKE 'boost %'
    UNION ALL
    SELECT actor_id, substr(about, 7, length(about) - 6 - length(' in ' || actor_id)), id
    FROM activities WHERE about LIKE 'share %'
) AS told
GROUP BY actor_id, object;
