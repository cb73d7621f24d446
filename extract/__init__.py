"""Video file to frame table: what was measured in every frame."""
