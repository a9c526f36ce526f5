"""Models beside the engine: the port they answer through, and calibrated intervals."""
