"""Reading a prompt: words, English or Chinese, into a storyboard and notes on what was not understood."""
