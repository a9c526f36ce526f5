"""Terminal screens; they know the public API of `expert` and the texts and equipment of `kb`, and hold no rule logic."""
