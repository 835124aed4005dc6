DROP TABLE standing_acts;
