"""Step 3a: says what a reply means."""
