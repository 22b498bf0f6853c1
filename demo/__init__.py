"""A pretend internet that answers outreach."""

from demo.people import Person, leads

__all__ = ["Person", "leads"]
