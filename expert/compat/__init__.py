"""Other engines behind this language: they give second opinions, nothing in the product needs them."""
