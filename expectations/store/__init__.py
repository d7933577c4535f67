"""The register's file or server: its tables, migrations, transactions and switches. What they mean stands elsewhere."""
