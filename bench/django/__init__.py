"""The reference `django`: the activity list written plainly in the current Django. Never a dependency of the product."""
