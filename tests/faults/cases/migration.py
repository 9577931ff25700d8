# SPDX-License-Identifier: BSD-3-Clause
"""A site moves here from another handler, one web server after the other, and back."""

from lab import FILES, HANDLERS, Crowd, History, tabs, wait_until

from .bench import all_at_once, case



class _Old:
    """One place of the old handler: a folder that all hosts share, or the store of the first one."""

    def __init__(self, name, lab):
        store = lab.hosts[0].store.endpoint
        folder = lab.notes().parent / "sessions"
        self.handler = FILES if name == "files" else HANDLERS[name]
        if name == "files":
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)  # the hosts' php-fpm is not root
            self.place, path = f"files://{folder}", str(folder)
        else:
            self.place, path = f"{name}://{store}", self.handler.save_path([store])
        self.ini = {"session.save_path": path}
        if name == "redis":
            self.ini |= {"redis.session.locking_enabled": 1, "redis.session.lock_wait_time": 10000,
                         "redis.session.lock_retries": 500}
        if name == "memcached":
            self.ini |= {"memcached.sess_number_of_replicas": 0, "memcached.sess_lock_retries": 50}


def _switch(lab, host, handler, ini):
    lab.give(host, handler, ini)
    host.reload()
    wait_until(lambda: lab.browser().get("status.php", host.name).data["handler"] == handler.name,
               f"{host.name} has the handler {handler.name}", 20)


def _move_forth_and_back(bench, name, visitors, and_forth=True):
    with bench.lab(hosts=2, moves=True) as lab:
        old = _Old(name, lab)
        new = {"sessmirror.import": old.place, "sessmirror.export": old.place}
        here = lab.handler
        first, second = lab.hosts
        for host in lab.hosts:
            _switch(lab, host, old.handler, old.ini)
        with Crowd(lab, visitors, pause_s=0.1) as crowd:
            steps = [(None, None, None), (first, here, new), (second, here, new),
                     (first, old.handler, old.ini), (second, old.handler, old.ini)]
            if and_forth:
                steps += [(second, here, new), (first, here, new)]
            counted = []  # a reload begins at 0 again
            for host, handler, ini in steps:
                if host:
                    _switch(lab, host, handler, ini)
                wait_until(crowd.all_have_changed_something(), "everybody changes something", 60)
                for each in lab.hosts:
                    wait_until(crowd.all_have_visited(each.name), f"{each.name} serves all", 60)
                counted.append(lab.counters())
        most = {name: max(counters.get(name, 0) for counters in counted)
                for name in ("imported", "exported", "import_failures", "export_failures")}
        total = crowd.ledger.summary()
        bench.figure(f"{name}: {total['pages']} pages of {visitors} visitors while both hosts moved forth "
                     f"and back: errors {total['errors']}, logged out {total['logged out']}, "
                     f"wrong carts {total['wrong carts']}, slowest {total['slowest']:.2f} s; "
                     f"imported {most['imported']}, exported {most['exported']}, "
                     f"failures {most['import_failures'] + most['export_failures']}")
        bench.no_errors(crowd.ledger.since())
        bench.check(most["imported"] > 0, "nothing was taken over")
        bench.check(most["import_failures"] + most["export_failures"] == 0,
                    "a place could not be used")
        bench.judge(crowd.ledger.history, slower_by_s=10)


def _at_the_same_time(bench, name):
    """One host has moved, the other has not, and one visitor's pages run on both at once."""
    with bench.lab(hosts=2, moves=True) as lab:
        old = _Old(name, lab)
        _switch(lab, lab.hosts[0], lab.handler,
                {"sessmirror.import": old.place, "sessmirror.export": old.place})
        _switch(lab, lab.hosts[1], old.handler, old.ini)
        history = History()
        first, opened = tabs(lab, 10, history)
        pages = all_at_once([lambda tab=tab: tab.fetch("add.php", work_ms=5) for tab in opened])
        by_host = sorted({page.host for page in pages if page.host})
        kept = [sum(first.final_look(host.name).data["cart"].values()) for host in lab.hosts]
        bench.figure(f"{name}: of 10 changes at once on {' and '.join(by_host)}, {kept} are seen on each, "
                     f"slowest {max(page.seconds for page in pages):.2f} s")
        bench.check(len(by_host) == 2, "the pages did not run on both hosts")
        bench.check(kept == [10, 10], "changes were lost")
        errors = [page.error for page in pages if page.error]
        bench.check(not errors, f"{len(errors)} errors, the first: {errors[:1]}")


@case(engine="memcached")
def pages_of_memcached_and_ours_wait_for_each_other(bench):
    """Ten pages of one visitor at once, on a host that has moved and one that has not: none is lost."""
    _at_the_same_time(bench, "memcached")


@case(engine="memcached")
def pages_of_files_and_ours_wait_for_each_other(bench):
    """The same with files in a folder that the hosts share."""
    _at_the_same_time(bench, "files")


@case(engine="redis")
def pages_of_redis_and_ours_wait_for_each_other(bench):
    """The same with the handler redis, whose locks are on."""
    _at_the_same_time(bench, "redis")


@case(short=True, engine="memcached")
def a_site_moves_from_memcached_and_back_and_nobody_is_logged_out(bench):
    """Host by host under load, forth and back: no error, no log-out, no lost change."""
    _move_forth_and_back(bench, "memcached", 10, and_forth=False)


@case(engine="memcached")
def a_site_moves_from_memcached_and_back_and_forth_again(bench):
    """The same with more visitors, and a second move after some time on the old handler."""
    _move_forth_and_back(bench, "memcached", 30)


@case(engine="memcached")
def a_site_moves_from_memcache_and_back_and_nobody_is_logged_out(bench):
    """The same from the handler memcache."""
    _move_forth_and_back(bench, "memcache", 30)


@case(engine="redis")
def a_site_moves_from_redis_and_back_and_nobody_is_logged_out(bench):
    """The same from the handler redis, with its locks on, to stores that are Redis."""
    _move_forth_and_back(bench, "redis", 30)


@case(engine="memcached")
def a_site_moves_from_files_and_back_and_nobody_is_logged_out(bench):
    """The same from files in a folder that the hosts share."""
    _move_forth_and_back(bench, "files", 30)
