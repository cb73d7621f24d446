"""Frame table to correlations: 435 numbers for every 10 s clip."""
