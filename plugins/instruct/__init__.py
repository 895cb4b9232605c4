"""The instruct model: trained here on instructions, and asked to follow them."""
