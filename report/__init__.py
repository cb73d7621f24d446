"""Verdicts and data sets as pages for people: one self-contained HTML file each, and an annotated video."""
