"""What survives `kill -9`: real processes, killed at random moments under load, and what their receivers saw."""
