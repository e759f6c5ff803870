"""History kept honest: seals over its lines, and the proof that none was altered, removed or slipped in."""
