"""Look-alikes: each module holds one `EFFECT` that resembles a fault and must not alarm."""
