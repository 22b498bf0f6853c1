"""Trains the classifier's model; needed by nobody who only runs it."""
