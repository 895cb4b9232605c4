"""What every training of this application shares."""
