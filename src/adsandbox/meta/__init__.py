"""Meta's Marketing API (Graph v26.0) on the wire: campaigns, ad sets, creatives, ads, media, insights."""
