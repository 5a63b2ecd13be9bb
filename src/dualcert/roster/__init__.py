"""Rosters: spreadsheets as offices keep them, read into commands, with findings by row and column."""
