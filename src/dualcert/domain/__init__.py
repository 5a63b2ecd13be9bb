"""Lab, County, Campaign: their commands, their facts, how a stream is read and a command decided."""
