"""The test files that take longest, the longest first: begun first, none is left to run alone in the end."""

from __future__ import annotations

LONGEST = (
    "tests/faults/test_faults.py",
    "tests/cli/test_reports.py",
    "tests/docs/test_tutorial.py",
    "tests/docs/test_documents.py",
    "plugins/dualcert-email/tests/test_email_smtp.py",
    "plugins/dualcert-email/tests/test_email_digest.py",
    "plugins/dualcert-notice/tests/test_notice_words.py",
    "tests/properties/test_laws.py",
    "plugins/dualcert-email/tests/test_email_crashes.py",
    "tests/roster/test_hostile.py",
    "plugins/dualcert-dashboard/tests/test_dashboard_browser.py",
    "tests/examples/test_third_parties.py",
    "plugins/dualcert-notice/tests/test_notice_contract.py",
    "plugins/dualcert-notice/tests/test_notice_pdf.py",
    "plugins/dualcert-notice/tests/test_notice_hostile.py",
    "plugins/dualcert-spreadsheet/tests/test_spreadsheet_hostile.py",
    "tests/rules/test_letters.py",
    "tests/test_example.py",
    "plugins/dualcert-dashboard/tests/test_dashboard_live.py",
    "plugins/dualcert-email/tests/test_email_mail.py",
    "tests/properties/test_books.py",
)
