"""The simulated region: agents, processes, geography."""
