"""The scanners of `make scan`: our own rules, a site full of planted holes, and the program that runs them."""
