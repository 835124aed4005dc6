DROP INDEX actors_display_name_prefix;
DROP INDEX actors_name_prefix;
ALTER TABLE comments DROP COLUMN search;
ALTER TABLE posts DROP COLUMN search;
DROP FUNCTION search_fold(text);
