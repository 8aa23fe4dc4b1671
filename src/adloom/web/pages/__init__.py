"""One module per place in the navigation: it asks rooms, hands a view to a template, and answers forms."""
