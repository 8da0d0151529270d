"""Questions that an office keeps."""

from reports.models.questions import SavedQuestion

__all__ = ["SavedQuestion"]
