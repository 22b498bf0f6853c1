"""Nothing happens: what the judge finds here, it would find anywhere."""

from chaos.arena import Arena


def play(arena: Arena) -> None:
    """Let the load pass undisturbed."""
    arena.begin()
