"""The command line, and the stages composed over many videos."""
