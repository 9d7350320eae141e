"""Pages for reviewers: the inbox and the review desk."""
