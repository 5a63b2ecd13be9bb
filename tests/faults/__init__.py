"""Faults that strike the program from outside, and what is lost by them."""
