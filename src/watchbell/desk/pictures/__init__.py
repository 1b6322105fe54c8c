"""Pictures: markup out of elements, and what is drawn with it."""
