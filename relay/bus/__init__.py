"""What has happened, told to whoever follows it: in this process, or over Redis where there are several."""
