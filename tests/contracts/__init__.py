"""Tests of CAM."""
