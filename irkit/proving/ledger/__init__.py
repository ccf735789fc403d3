"""The proof ledger: what is proven now, what no longer is, and what is overdue."""
