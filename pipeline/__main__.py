"""`python -m pipeline` is `motionsig`."""

from pipeline.cli import main

main()
