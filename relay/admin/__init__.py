"""The Admin Center: the tree of the organisation, and beside it a tab for everything that can be arranged."""
