"""What is decided: dates, slots, gates, lanes, opening stock."""
