"""Measurements, each as a ratio to a floor in the same run; they print and never fail on a time."""
