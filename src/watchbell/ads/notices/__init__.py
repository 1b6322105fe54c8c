"""Transparency notices of political ads in the European Union: what they say, and the words of each language."""
