"""What ten years leave beside people and activities, as rows of each table (bench/fill_years.py writes them)."""
