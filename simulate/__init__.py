"""Test videos that carry a known motion signature."""
