"""Who listens to a PBX's events: the journal, the archive of records, the recordings' files."""
