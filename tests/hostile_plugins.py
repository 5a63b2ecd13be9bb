"""Sources of plugins for tests: sound ones, and each way of being hostile."""

from __future__ import annotations

from string import Template

REPORTER = Template("""
import sys
from attrs import frozen
from dualcert.reporting import Document, Message, NoConfig, hookimpl

class Reporter:
    name, summary, Config, triggers = "$name", "for a test", NoConfig, ("daily",)
    def render(self, request, views):
        $body

@hookimpl
def dualcert_reporters():
    return [Reporter()]
""")


def reporter(name: str, body: str) -> str:
    """Return a plugin whose one reporter renders so; *body* may have several lines."""
    return REPORTER.substitute(name=name, body=body.strip().replace("\n", "\n        "))


SOUND = reporter("sound", 'yield Document("sound.txt", "text/plain", b"sound")')

HOSTILE = {
    "raises-at-import": ("plugin-broken", 'raise RuntimeError("import")'),
    "exits-at-import": ("plugin-broken", "import sys; sys.exit(3)"),
    "hangs-at-import": ("plugin-too-slow", "while True: pass"),
    "gives-none": (
        "plugin-contract",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(): return None",
    ),
    "has-no-hook": ("plugin-contract", "def dualcert_reporters(): return []"),
    "gives-a-class": ("plugin-contract", reporter("sounds", "return []").replace("[Reporter()]", "[Reporter]")),
    "raises-in-hook": (
        "plugin-broken",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(): raise KeyError('hook')",
    ),
    "wants-arguments": (
        "plugin-broken",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(store): return []",
    ),
    "knows-no-such-hook": (
        "plugin-broken",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporter(): return []",
    ),
    "gives-no-list": (
        "plugin-contract",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(): return 7",
    ),
    "gives-no-reporter": (
        "plugin-contract",
        "from dualcert.reporting import hookimpl\n@hookimpl\ndef dualcert_reporters(): return [object()]",
    ),
    "raises-in-render": ("plugin-broken", reporter("hostile", 'raise ValueError("render")')),
    "raises-half-way": (
        "plugin-broken",
        reporter("hostile", 'yield Document("half.txt", "text/plain", b"half")\nraise ValueError("render")'),
    ),
    "exits-in-render": ("plugin-broken", reporter("hostile", "sys.exit(0)")),
    "hangs-in-render": ("plugin-too-slow", reporter("hostile", "while True: pass")),
    "swallows-the-limit": (
        "plugin-too-slow",
        reporter("hostile", "try:\n    while True: pass\nexcept BaseException: pass\nwhile True: pass"),
    ),
    "gives-text": ("plugin-contract", reporter("hostile", 'return "sound.txt"')),
    "gives-a-dict": ("plugin-contract", reporter("hostile", 'yield {"filename": "sound.txt"}')),
    "gives-nothing-usable": ("plugin-contract", reporter("hostile", "return None")),
    "gives-too-much": ("plugin-contract", reporter(
        "hostile", 'while True: yield Document("much.bin", "text/plain", bytes(1 << 20))')),
    "gives-too-many": ("plugin-contract", reporter("hostile", 'while True: yield Document("a", "text/plain", b"")')),
    "makes-headers": ("plugin-contract", reporter(
        "hostile", 'yield Message(key="k", to="person-1", subject="a\\r\\nBcc: b@example.org", text="x")')),
}  # fmt: skip
"""Name -> the code that the host says, and the source."""

WILD = {
    "hangs-where-no-signal-reaches": ("plugin-crashed", """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
while True: time.sleep(1)"""),
    "crashes": ("plugin-crashed", "import ctypes\nctypes.string_at(0)"),
    "gives-a-gigabyte": ("plugin-contract", """
for number in range(1024): yield Document(f"{number}.bin", "text/plain", bytes(1 << 20))"""),
    "eats-memory": ("plugin-broken", "eaten = []\nwhile True: eaten.append(bytes(1 << 24))"),
    "ends-its-process": ("plugin-crashed", "import os\nos._exit(0)"),
    "writes-to-the-answer": ("plugin-crashed", """
import os
for each in range(3, 64):
    try: os.write(each, b"forged")
    except OSError: pass
os._exit(0)"""),
    "starts-a-thread-that-never-ends": (None, """
import threading, time
threading.Thread(target=time.sleep, args=(3600,)).start()
yield Document("hostile.txt", "text/plain", b"made")"""),
}  # fmt: skip
"""What only a process of its own survives: name -> the code that the host says, and the body of `render`."""
