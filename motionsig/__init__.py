"""Tells whether a video of a known person carries that person's way of moving."""
