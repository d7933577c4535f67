"""What several tests stand on: servers, browsers, registers, sites. No test is imported from here."""
