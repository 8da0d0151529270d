"""Rosters as counties send them, made at random together with their truth.

`shapes.py` says what a file may look like, `people.py` who is in it and how cells write that, `faults.py` what is wrong
with some rows, `pages.py` lays the rows out, and `files.py` writes them as .xlsx, .xls, .ods or text.
"""
