DROP INDEX actors_groups_by_age;
DROP INDEX groups_by_comments;
DROP INDEX groups_by_followers;
