DROP TABLE group_boosts;
