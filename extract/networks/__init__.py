"""MediaPipe's networks for bodies and faces, run by LiteRT, and the steps around them."""
