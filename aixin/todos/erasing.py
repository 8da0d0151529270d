"""To-dos about an erased person, with the reasons given for what was decided: they go with her."""

from aixin.access.erasure import Subject
from aixin.todos.models import Todo


def forget_todos(subject: Subject) -> dict[str, int]:
    """Remove the to-dos about a person or something in which she stands; return how many."""
    gone, _ = Todo.objects.about(subject.label, subject.pk, subject.no).delete()
    return {"待办": gone}
