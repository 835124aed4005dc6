DROP INDEX comments_by_post;
DROP TABLE group_refreshes;
DROP TABLE conversations;
