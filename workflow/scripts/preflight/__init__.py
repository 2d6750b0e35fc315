"""What is settled before any job starts: settings, the sources each rule depends on, room on the disk."""
