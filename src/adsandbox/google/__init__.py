"""Google Ads, REST v26, Search campaigns, with its OAuth.

The facts are in the platform's own documentation.
"""
