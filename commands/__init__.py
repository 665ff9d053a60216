"""What `manage.py` can do; each module is one subject."""
