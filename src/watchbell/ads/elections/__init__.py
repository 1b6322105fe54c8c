"""Elections: when, where and how people vote, and what an ad says of it held against that."""
