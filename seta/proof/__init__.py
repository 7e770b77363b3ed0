"""What SETA's decisions are worth, measured where the truth is known or has come out since."""
