"""A newsroom's library: people, other people, verdicts and jobs in one ordinary folder."""
