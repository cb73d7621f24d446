"""Where work is done: worker processes on this computer or on a cluster, and the files that they need."""
