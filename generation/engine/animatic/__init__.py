"""The animatic engine: a prompt is read into a storyboard, drawn from vector pictures and given sound."""
