"""The dashboard over HTTP for one person on this machine: it follows the log, takes in rosters, and makes reports."""
