"""What it means: pure functions of a trace or of a plan."""
