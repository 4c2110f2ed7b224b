"""What the relay's owner looks at: health, metrics, and a doctor that names remedies."""
