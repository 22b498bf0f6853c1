"""What became of an e-mail or a lead, hop by hop, read from the tables that stay."""
