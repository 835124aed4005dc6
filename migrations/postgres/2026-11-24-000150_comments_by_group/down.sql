DROP INDEX shares_by_source;
DROP INDEX comments_group_new;
ALTER TABLE comments DROP COLUMN group_id;
