"""What is given: people, campus, procedures, supplies, limits."""
