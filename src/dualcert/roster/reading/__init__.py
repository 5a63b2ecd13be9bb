"""Files into pages of cells: read in a process of its own, which a damaged or hostile file may ruin.

Nothing here knows what a lab is. `pages.read` starts `worker`, which looks at the file (`sniff`), reads
workbooks with calamine and text with the standard library, scans what calamine does not tell (`xlsx`,
`ods`), and writes `messages`; its memory and time are limited.
"""
