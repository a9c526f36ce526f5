"""Models of the plant: their features, coefficients and training."""
