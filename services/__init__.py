"""The five services of CAM."""
