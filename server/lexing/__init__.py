"""What texts say of themselves before the engine reads them; may import what server may."""
