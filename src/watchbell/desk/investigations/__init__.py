"""Investigations: what is asked of posts, the runs that answer, and what is told of a run."""
