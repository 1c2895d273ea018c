"""Raw industry codes and what they mean. Codes are shown with their meaning and kept as they were loaded."""

from functools import cache

from des.enquiries.formats import Format
from des.parties.models import Code


@cache
def all_meanings() -> dict[str, dict[str, str]]:
    """The meaning of each code of each set, read once in the life of the process: codes change with releases."""
    sets: dict[str, dict[str, str]] = {}
    for code_set, code, meaning in Code.objects.values_list("code_set", "code", "meaning"):
        sets.setdefault(code_set, {})[code] = meaning
    return sets


def meanings(code_set: str) -> dict[str, str]:
    return all_meanings().get(code_set, {})


def coded(code_set: str) -> Format:
    """Shows a code of a set as its meaning with the code after it, or alone where it is not known."""

    def show(code: str) -> str:
        meaning = meanings(code_set).get(code)
        return f"{meaning} ({code})" if meaning else code

    return Format("text", show)


def named(code_set: str) -> Format:
    """Shows a code that only this service uses as its meaning alone."""
    return Format("text", lambda code: meanings(code_set).get(code, code))


def status(code_set: str) -> Format:
    """Shows a code of a set as a chip: the code that colours it, and its meaning."""
    return Format("status", lambda code: (code, meanings(code_set).get(code, code)))
