"""Label Studio's labelling configurations as forms.

Source of tags and attributes: https://labelstud.io/tags, read 2026-11.
"""

from preceptor.kinds.tasks.custom_form.label_studio.reading import read_config

__all__ = ["read_config"]
