"""What `scripts/deploy.py` does: a stack of CloudFormation made, changed, followed and taken away."""
