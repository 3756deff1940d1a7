"""The command line: read, call, print. No logic lives here."""
