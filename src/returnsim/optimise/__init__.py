"""What to recommend: dates, slots, gates, lanes, stock."""
