"""What a page gathers from many nouns: home page, member overview, 待办, search."""
