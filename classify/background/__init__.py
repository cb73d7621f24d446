"""Knowing a person in a recording that nobody has seen: what is learnt from others, and enrolment with it."""
