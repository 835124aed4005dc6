DROP INDEX actors_suspended;
