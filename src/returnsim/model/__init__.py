"""What happens: luck, itineraries, stations, traces. Only here live simpy and the kernel."""
