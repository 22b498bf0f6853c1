"""Dead letters as the operator sees them: chosen, grouped, replayed, edited and discarded."""
