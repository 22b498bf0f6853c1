"""Tests of the inbox service's handlers and jobs."""
