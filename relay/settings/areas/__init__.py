"""The declarations, one file for each area of the product; `relay.settings.catalogue` puts them in order."""
