"""What can be done with many videos, as functions: no terminal, no signal handlers, no exit."""
