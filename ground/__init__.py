"""What motionsig says, reads and writes whatever the stage: errors, files, text, records, provenance."""
