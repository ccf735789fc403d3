"""What AWS refuses or completes and moto does not: rules around moto's own answers."""
