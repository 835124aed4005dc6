DROP INDEX conversations_by_context;
