"""Writing the files of a release: streaming, at constant memory, with counts, checksums and a dataset card."""
