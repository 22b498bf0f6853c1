"""Tests of the decision service's handlers and jobs."""
