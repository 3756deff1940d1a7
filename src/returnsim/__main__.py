"""`python -m returnsim` is the command line."""

from returnsim.cli.main import main

main()
