"""How the local judge tells whether passages support a sentence."""
