"""The file system of a path: file locks cannot be trusted on a network."""

from __future__ import annotations

import os
from pathlib import Path

NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ocfs2", "gfs2", "fuse.sshfs",
    "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "davfs", "fuse.davfs2", "ncpfs",
})  # fmt: skip
TABLE = Path("/proc/self/mounts")


def network_mount(path: Path) -> str:
    """Return place and kind of the network file system of *path*; empty if it is on none, or unknown."""
    try:
        lines = TABLE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(path)
    found = ("", "")
    for _, escaped, kind, *_ in (line.split(" ") for line in lines):
        point = escaped.encode().decode("unicode_escape")
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(found[0]):
            found = point, kind
    point, kind = found
    return f"{point} ({kind})" if kind in NETWORK else ""
