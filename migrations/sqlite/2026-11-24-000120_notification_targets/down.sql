DROP INDEX notifications_by_target;
