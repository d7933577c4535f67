"""Messages: written as letters, sent once each."""
