"""The built-in task kinds, a folder each, found through the entry points `preceptor.task_kinds`."""
