"""What is known about the plant: variables, limits, equipment, physics, the virtual furnace."""
