"""One module a command of `motionsig`; each loads what it needs only when it runs."""
