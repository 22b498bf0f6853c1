"""What all five services stand on."""
