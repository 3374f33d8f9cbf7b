"""What the calibrated model says of figures that it has not seen."""
