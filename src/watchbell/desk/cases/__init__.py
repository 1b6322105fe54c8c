"""Cases: what was found becomes a case with its evidence; a person judges; a dossier tells of it."""
