"""What the plan documents ask, clause by clause."""
