"""The page of the dates on which somebody's time differs from their week."""
