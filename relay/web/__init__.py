"""What all pages share: templates, styles, languages, security headers."""
