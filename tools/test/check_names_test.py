"""tools/check-names refuses a full name that stands for two types, and nothing else."""
import pathlib
import subprocess
import tempfile
import unittest

CHECK = pathlib.Path(__file__).parent.parent / "check-names"

# what it shows, what two files hold
REFUSED = [
    ("a class in two headers", "namespace a {\nclass B {};\n}", "namespace a {\nclass B final : C {};\n}"),
    ("a struct and a class", "namespace a {\nstruct B {};\n}", "namespace a {\nclass B {};\n}"),
    ("an enumeration", "namespace a {\nenum class B { kC };\n}", "namespace a {\nenum class B : int { kC };\n}"),
    ("nested namespaces", "namespace a::b {\nclass C {};\n}", "namespace a {\nnamespace b {\nclass C {};\n}\n}"),
    ("a class inside of another, defined outside", "namespace a {\nstruct B::C {};\n}", "namespace a {\nstruct B::C {};\n}"),
    ("what follows an unnamed namespace", "namespace a {\nnamespace {\n}\nclass B {};\n}", "namespace a {\nclass B {};\n}"),
]
ACCEPTED = [
    ("another namespace", "namespace a {\nclass C {};\n}", "namespace b {\nclass C {};\n}"),
    ("an unnamed namespace", "namespace a {\nnamespace {\nclass B {};\n}\n}", "namespace a {\nclass B {};\n}"),
    ("a declaration", "namespace a {\nclass B;\n}", "namespace a {\nclass B {};\n}"),
    ("a class inside of another", "namespace a {\nclass B {\n  struct C {};\n};\n}", "namespace a {\nclass D {\n  struct C {};\n};\n}"),
    ("a specialisation", "namespace a {\ntemplate <>\nstruct B<int> {};\n}", "namespace a {\ntemplate <>\nstruct B<long> {};\n}"),
    ("a brace in a string", 'namespace a {\nauto s = "}";\nnamespace {\nclass B {};\n}\n}', "namespace a {\nclass B {};\n}"),
    ("a comment", "namespace a {\n// class B {};\n}", "namespace a {\nclass B {};\n}"),
]


def check(first, second):
    with tempfile.TemporaryDirectory() as tree:
        for name, text in (("one.hpp", first), ("two.hpp", second)):
            file = pathlib.Path(tree, "worker", "src", name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return subprocess.run([CHECK, tree], capture_output=True, text=True, timeout=60, check=False)


class CheckNamesTest(unittest.TestCase):
    def test_refuses_a_type_that_is_defined_twice_and_names_both_places(self):
        for what, first, second in REFUSED:
            with self.subTest(what):
                result = check(first, second)
                self.assertEqual(result.returncode, 1)
                self.assertIn("worker/src/two.hpp:", result.stderr)
                self.assertIn("worker/src/one.hpp:", result.stderr)

    def test_accepts_what_is_no_second_definition(self):
        for what, first, second in ACCEPTED:
            with self.subTest(what):
                result = check(first, second)
                self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
