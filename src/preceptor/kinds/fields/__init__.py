"""The built-in form fields, a folder each, found through the entry points `preceptor.fields`."""
