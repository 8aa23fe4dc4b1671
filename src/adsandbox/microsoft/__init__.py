"""Microsoft Advertising on the wire (REST/JSON, API version 13): campaigns, reports, customers, OAuth."""
