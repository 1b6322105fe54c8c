"""Readers: a library's or a platform's export in, ads out; one module for each shape."""
