"""Tests of the sender service's handlers and jobs."""
