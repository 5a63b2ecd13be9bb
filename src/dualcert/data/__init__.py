"""The files that ship with the program: policies, divisions, the example, and the checker of proofs."""
