"""Reads files into pages of cells, in a process of its own, which a damaged or hostile file may crash.

Nothing here depends on what a roster is about. `pages.read` starts `worker`, which determines the format (`sniff`),
reads workbooks with calamine, an old .xls with xlrd and text with the standard library, parses workbooks for what
calamine leaves out (`xlsx`, `ods`), and writes `messages`; its memory and time are limited.
"""
