"""Tests of relay/events."""
