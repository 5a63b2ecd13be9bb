"""Forty texts that people type, paste or smuggle into names and notes: every one is legal in these books.

An output has to write them as text: no formula, link, header, tag, template or path may come of them.
What no document can carry (controls, line breaks in names) is already refused as the field of a command.
"""

from __future__ import annotations

PAYLOADS: tuple[str, ...] = (
    "=1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://example.invalid","x")',
    '=WEBSERVICE("http://example.invalid")',
    "{=1+1}",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "|calc",
    "http://example.invalid/x",
    "mailto:x@example.invalid",
    "file:///etc/passwd",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</w:t></w:r><w:r><w:t>",
    "<w:p/>",
    "&lt;b&gt; &amp; &#61;1",
    "<!DOCTYPE x>",
    "]]>",
    "<!-- x -->",
    "{{7*7}}",
    "{% import os %}",
    "${7*7}",
    "#{7*7}",
    "%s %d %n {0} {name}",
    "$(id)`id`",
    "#set page(width: 1pt)",
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "CON",
    "nul.txt",
    "=?utf-8?q?x=0ABcc:_y@example.invalid?=",
    "'; DROP TABLE stored_events; --",
    "站" * 66,
)
"""The texts; a name may be two hundred characters long."""
