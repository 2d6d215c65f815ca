"""Running, rendering and measuring the project; nothing here is imported by the package."""
