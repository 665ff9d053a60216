"""The sizes of what is uploaded."""

from bench.package import sizes, table


def test_files_are_told_apart_by_what_they_are_for():
    files = {"app.py": 1, "chalicelib/desk/desk.py": 2, "chalicelib/web/admin/app.js": 4, "pydantic/main.py": 8}
    compiled = {
        "__pycache__/app.cpython-311.pyc": 16,
        "chalicelib/__pycache__/aws.pyc": 32,
        "pydantic/__pycache__/a.pyc": 64,
    }

    assert sizes(files | compiled) == {
        "ours": 3,
        "pages": 4,
        "packages": 8,
        "ours, compiled": 48,
        "packages, compiled": 64,
    }


def test_the_largest_part_is_told_first_below_the_whole():
    rows = table(1_500_000, {"ours": 500_000, "packages": 3_000_000}).rows

    assert rows == [
        ("uploaded, zipped", "1.50"),
        ("unpacked", "3.50"),
        ("of it packages", "3.00"),
        ("of it ours", "0.50"),
    ]
