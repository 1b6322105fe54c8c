"""The advertisers' own pages: an account, the steps, disclaimers, ads, appeals."""
