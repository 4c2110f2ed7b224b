"""The pages for customers, and those of one's own account. The Admin Center has its own package."""
