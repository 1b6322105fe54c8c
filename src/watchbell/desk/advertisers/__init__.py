"""Advertisers: what they show of themselves, who looks at it, and what they may say of who pays."""
