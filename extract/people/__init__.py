"""Who is in a video: faces found, told apart, followed through shots, and the person chosen."""
