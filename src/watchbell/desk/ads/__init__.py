"""Ads: reviewed, decided, kept in a library that anyone can read, counted, and answered for."""
