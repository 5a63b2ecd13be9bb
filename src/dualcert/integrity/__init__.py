"""The proof that nothing was changed: a tree of hashes over the log, seals of it, and proofs against a seal."""
