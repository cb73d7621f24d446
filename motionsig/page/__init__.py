"""The local page: `motionsig serve`. It calls use cases and knows no terminal."""
