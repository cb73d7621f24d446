"""Descriptors: each turns the signals of one clip into named numbers."""
