"""What a message asks for: questions that stand alone, one for each thing that is asked."""
