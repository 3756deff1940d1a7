"""Simulate, plan, check and print staggered returns to school."""
