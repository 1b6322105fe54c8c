"""Exchange: partners and their servers, what comes in, what goes out to whom, and what is said of it."""
