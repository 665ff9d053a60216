"""hitl: a human in the chatbot's loop."""
