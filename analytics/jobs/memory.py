"""Memory that jobs have freed, given back to the kernel: the C library keeps the most that any job ever needed."""

import ctypes


def give_back() -> None:
    """Give back the whole pages that nobody uses; where the C library is not glibc nothing is done.

    `malloc_trim` releases free pages in all arenas, not only at their end (glibc 2.8 and later, malloc_trim(3)).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
