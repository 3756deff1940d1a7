"""Write `docs/clauses.md`: every clause, how it is judged, and its tests.

    python docs/clauses_matrix.py

A test (`tests/rules/test_clauses.py`) fails while the page is not what this script would write.
"""

from pathlib import Path

from returnsim.rules.matrix import BOOKS, built_in_book, page

PAGE = Path(__file__).with_name("clauses.md")

if __name__ == "__main__":
    PAGE.write_text(page([built_in_book(name) for name in BOOKS]), encoding="utf-8")
