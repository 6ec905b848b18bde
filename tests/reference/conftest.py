"""One reader for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.reference.reader import Reader, install


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    install()
    made = Reader()
    yield made
    made.close()
