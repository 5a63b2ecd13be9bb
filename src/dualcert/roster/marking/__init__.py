"""Puts marks into a workbook as it came, in a process of its own; whatever is not marked is kept byte by byte.

Nothing here depends on what a roster is about. `marker.marked` starts `worker`, which rewrites the few parts of the
workbook that have to change (`package`): the sheet (`sheet`), its comments (`notes`), and the lists of parts.
"""
