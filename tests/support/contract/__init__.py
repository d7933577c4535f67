"""The contract read and evaluated independently of the product."""
