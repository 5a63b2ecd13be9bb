"""The fold of the log by stream, and the pure questions asked of it. No I/O, no clock."""
