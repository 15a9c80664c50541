"""Answers when a group can meet."""
