"""What is heard: the sound of a video, and how its voice goes."""
