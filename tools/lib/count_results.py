#!/usr/bin/env python3
"""count_results JUNIT RESULTS: prints "passed failed skipped" for one run of ctest.

JUNIT is what ctest wrote: one case for each program. RESULTS is the folder where the GoogleTest programs among them wrote
NAME.xml: those count by their own cases. A program that failed though none of its cases did (it crashed, ran out of time,
or a sanitizer stopped it) is one failure.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def of_googletest(file):
    """None if the program did not get so far as to write a whole file."""
    try:
        suites = xml.parse(file).getroot()
    except (FileNotFoundError, xml.ParseError):
        return None
    cases = list(suites.iter("testcase"))
    skipped = sum(case.get("result") in ("skipped", "suppressed") for case in cases)
    failed = sum(case.find("failure") is not None for case in cases)
    return len(cases) - skipped - failed, failed, skipped


def of_program(case, results):
    status = case.get("status")
    if status == "disabled" or case.find("skipped") is not None and status != "notrun":
        return 0, 0, 1
    own = of_googletest(results / f"{case.get('name')}.xml") or (int(status == "run"), 0, 0)
    passed, failed, skipped = own
    return passed, failed if status == "run" else max(failed, 1), skipped


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    suite = xml.parse(sys.argv[1]).getroot()
    counts = [of_program(case, pathlib.Path(sys.argv[2])) for case in suite.iter("testcase")]
    print(*(sum(column) for column in zip(*counts, (0, 0, 0))))


main()
