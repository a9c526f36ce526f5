"""What a pack would have said over a history: runs, tallies, comparisons of two versions, and their proof."""
