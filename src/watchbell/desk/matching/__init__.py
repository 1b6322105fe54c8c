"""Matching: indicators looked for in the workspace's posts and ads, and names that are imitated."""
