"""Model fields that keep a value encrypted, and a blind index beside it."""

from typing import Any

from django.db import models

from aixin.privacy.cipher import blind_index, decrypt, encrypt


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """Text that is ciphertext in the database; an empty string is stored as it is.

    A wrong key raises DecryptionError on load (DESIGN section 3.4).
    """

    @property
    def context(self) -> str:
        """What values are bound to: table and column."""
        model = self.model
        # History tables hold the same ciphertext as the tracked table, so they share its context.
        tracked = getattr(model, "pgh_tracked_model", None) or model
        return f"{tracked._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value, self.context) if value else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        prepared = super().get_db_prep_save(value, connection)
        return encrypt(prepared, self.context) if isinstance(prepared, str) and prepared else prepared

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only the null test: ciphertext of equal values differs, so any comparison would be wrong."""
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted; search its blind index instead")
        return super().get_lookup(lookup_name)


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """Keyed digest of another field of the same row, null when that is empty."""

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs.update(max_length=40, null=True, blank=True, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "blank", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:  # noqa: FBT001
        value = index_of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


def index_of(plaintext: str | None) -> str | None:
    """Return the blind index of a value, or None of an empty one."""
    return blind_index(plaintext) if plaintext else None
