"""What both doors share: who is asking, what an error becomes, and a request that may be repeated."""
