"""What is wrong with the declared enquiries or with the access matrix stops the start."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from accounts.matrix import MatrixError, access_matrix
from des.catalogue import ENQUIRIES
from des.enquiries.checks import check_enquiries


@register
def enquiries_and_matrix(**_kwargs: Any) -> list[CheckMessage]:
    try:
        matrix = access_matrix()
    except (OSError, UnicodeDecodeError, MatrixError) as error:
        return [Error(f"The access matrix cannot be read: {error}", id="enquiries.E000")]
    return list(check_enquiries(ENQUIRIES, matrix))
