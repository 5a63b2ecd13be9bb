"""Labs, counties, pairings, campaigns, dispatches: their commands and facts, how a stream is read and a command decided."""
