"""One ad on one platform: deployed, paused, resumed, deleted, each outward write a step of its own."""
