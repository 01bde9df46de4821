"""What was tried, how often, and what came of it."""


class Report:
    def __init__(self):
        self.part = ""
        self.failed = []
        self.skipped = []
        self.checks = 0

    def begin(self, part, about, size):
        self.part = part
        print(f"== {part} (size {size}): {(about or '').strip().splitlines()[0]}", flush=True)

    def check(self, what, is_so, seen=""):
        """One line of the table: what had to be so, whether it was, and the figures seen."""
        self.checks += 1
        if not is_so:
            self.failed.append(f"{self.part}: {what}")
        print(f"   {'ok  ' if is_so else 'FAIL'} {what}{': ' + str(seen) if seen != '' else ''}", flush=True)

    def skip(self, what, why):
        """Something that cannot be tried on this machine."""
        self.skipped.append(f"{self.part}: {what}")
        print(f"   SKIP {what}: {why}", flush=True)

    def end(self, seconds):
        print(f"   {seconds:.0f} s", flush=True)

    def finish(self):
        for line in self.skipped:
            print(f"skipped: {line}")
        for line in self.failed:
            print(f"FAILED: {line}")
        print(f"{self.checks} checks, {len(self.failed)} failed, {len(self.skipped)} skipped")
        return 1 if self.failed or not self.checks else 0
