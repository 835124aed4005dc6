-- Lists of groups in each of their orders. How old a group is stands with its actor.
CREATE INDEX groups_by_followers ON groups (follower_count, actor_id);
CREATE INDEX groups_by_comments ON groups (comment_count, actor_id);
CREATE INDEX actors_groups_by_age ON actors (published, id) WHERE kind = 'group';
