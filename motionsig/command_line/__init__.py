"""The command `motionsig`: the only place that parses arguments and writes to a terminal."""
