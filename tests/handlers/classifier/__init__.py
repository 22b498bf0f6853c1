"""Tests of the classifier service's handlers and jobs."""
