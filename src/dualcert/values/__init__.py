"""The words of the field as values: schemes, dates, numbers, ids, sets of days, ratios. No I/O."""
