"""Rules on ads: what they forbid and under which law, as data, and what reads an ad against them."""
