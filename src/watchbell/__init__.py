"""Watchbell helps protect elections: detect, match, ads, exchange, and a desk where they meet."""

__version__ = "0.1.0"
