"""`python -m motionsig` is the command `motionsig`."""

from motionsig.command_line.cli import main

main()
