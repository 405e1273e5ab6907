"""A snapshot in, pages out: the data flow is ``data`` → ``queries`` → ``components`` → ``views``."""
