DROP INDEX site_pins_latest;
DROP TABLE sweeps;
