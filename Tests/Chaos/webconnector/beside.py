"""Kill -9 at every call of the sessions that a daemon answers to at once: it converts what a session brings while that
session goes on, so that documents come and go in the midst of it."""

import os

from scenario import KILLED, can_strace, sample

from .house import House, is_idle, wait, waiting
from .undisturbed import MOMENTS, Steps, chosen, end, told

# Who is killed, and whether one process is server and daemon.
ARRANGEMENTS = {
    "the daemon that serves": (True, ["server"]),
    "the daemon that serves, and the connector": (True, ["server", "self"]),
    "the connector of a daemon that serves": (True, ["self"]),
    "the server beside a daemon": (False, ["server"]),
    "the daemon beside a server": (False, ["daemon"]),
    "server, daemon and connector": (False, ["server", "daemon", "self"]),
}
# A daemon's calls of the kernel are many: so many of each at most.
STEPS_EACH = 15


class Beside:
    """The undisturbed run again from its first session on, with a daemon."""

    def __init__(self, run):
        self.run, self.calls = run, {}

    def house(self, is_one):
        house = House(self.run.stages[0], is_one)
        self.run.copy_company(self.run.stages[0].base, house.base)
        return house

    def undisturbed(self, is_one):
        """How many calls it takes; what was other than with `once` between the sessions."""
        with self.house(is_one) as house:
            house.open()
            ended = self.run.play(house, until_idle=True)
            self.calls[is_one] = int(ended.stdout)
            return self.finish(house)

    def finish(self, house):
        """Updates until nothing waits, and compares."""
        for _ in range(12):
            if not wait(lambda: is_idle(house.path)):
                return [f"the daemon does not come to rest: {house.told()[-600:]}"]
            is_last = not waiting(house.path)
            try:
                # It calls again some time, though nothing waits; what was left between two steps is ended then.
                self.run.update(house)
            except RuntimeError as error:
                return [f"{error} {house.told()[-600:]}"]
            if is_last:
                break
        else:
            return [f"there is no end to it: {waiting(house.path)}"]
        found = house.close()
        self.run.grow_old(house)
        return found + self.run.differences(house)

    def at_call(self, who, number, moment):
        is_one, victims = ARRANGEMENTS[who]
        with self.house(is_one) as house:
            house.open()
            pids = [victim if victim == "self" else house.processes()[victim].pid for victim in victims]
            ended = self.run.play(house, number, moment, pids, until_idle=True)
            killed = house.ended_as_wanted(victims) and (ended.returncode == KILLED) == ("self" in victims)
            # Who lived goes on with what there is, and the others come back.
            house.open()
            return killed, [f"{who}, call {number} {moment}: {line}" for line in self.finish(house)]

    def at_step(self, steps, call, number):
        with self.house(True) as house:
            try:
                house.open(prefix=[
                    "strace", "-f", "-o", os.devnull, *steps.within(house, call), "-e", f"trace={call}", "-e",
                    f"inject={call}:signal=SIGKILL:when={number}"])
                self.run.play(house, until_idle=True)
                killed = end(house) == KILLED
            except RuntimeError:
                killed = house.server.poll() == KILLED
            house.kill()
            house.open()
            return killed, [f"a daemon that serves, {call} {number}: {line}" for line in self.finish(house)]


def beside(report, run, workers, size):
    """With a daemon; `size` places for each of those who are killed."""
    name, it = run.kind.name, Beside(run)
    if size <= len(ARRANGEMENTS):
        return samples(report, run, workers, it)
    for is_one, words in [(True, "that serves"), (False, "beside a server")]:
        found = it.undisturbed(is_one)
        report.check(f"{name}, a daemon {words}: the same books and links, undisturbed", not found,
                     f"{it.calls.get(is_one)} calls")
        for line in found[:20]:
            print(f"        {line}")
    for who, (is_one, _) in ARRANGEMENTS.items():
        places = chosen([(number, moment) for number in range(1, it.calls[is_one] + 1) for moment in MOMENTS], size)
        told(report, f"{name}, kill -9 of {who}", [task.result() for task in [
            workers.submit(it.at_call, who, number, moment) for number, moment in places]])
    if can_strace():
        steps = Steps(run, run.stages[0], house=it.house(True))
        places = [(call, number) for call, count in sorted(steps.counts.items())
                  for number in sample(count, min(size, STEPS_EACH))]
        told(report, f"{name}, kill -9 of a daemon that serves at its calls of the kernel", [task.result() for task in [
            workers.submit(it.at_step, steps, *place) for place in places]], least=0.8)


def samples(report, run, workers, it):
    """One place for each of those who are killed, spread over the calls that there are at the least: those of one session
    with all the documents."""
    calls = 4 + 2 * sum(stage.calls.count("receiveResponseXML") for stage in run.stages)
    places = chosen([(number, moment) for number in range(1, calls + 1) for moment in MOMENTS], len(ARRANGEMENTS))
    told(report, f"{run.kind.name}, kill -9 of server, daemon, connector in {len(places)} ways while a daemon converts", [
        task.result() for task in [workers.submit(it.at_call, who, *place) for who, place in zip(ARRANGEMENTS, places)]])
