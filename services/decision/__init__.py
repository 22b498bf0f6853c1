"""Steps 3b to 6: moves leads, follows up, keeps score, pauses campaigns."""
