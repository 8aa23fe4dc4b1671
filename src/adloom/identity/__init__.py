"""People, clients, members, roles, tiers, sessions: who may act, and for whom."""
