"""The pages for people: My week."""
