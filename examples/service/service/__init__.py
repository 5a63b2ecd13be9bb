"""A service over the books: it records what it is told, answers figures, and sends reminders in the background.

DUALCERT_STORE=books.db uvicorn --factory service:create_app
"""

from service.app import create_app

__all__ = ["create_app"]
