"""Tests of the alerter service's handlers and jobs."""
