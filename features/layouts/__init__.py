"""How public data sets are laid out in folders, and who is in which of their videos."""
