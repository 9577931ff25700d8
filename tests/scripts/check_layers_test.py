#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/check-layers notices each kind of violation, planted in a tree of its own."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-layers"


def run_on(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([SCRIPT, "--root", folder], capture_output=True, text=True, check=False)


class CheckLayers(unittest.TestCase):
    def accepts(self, name, line):
        self.assertEqual(run_on({name: line + "\n"}).returncode, 0)

    def refuses(self, name, line):
        result = run_on({name: line + "\n"})
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{name}:1:", result.stdout)

    def test_lower_and_own_layers_are_allowed(self):
        self.accepts("src/pool/a.h", '#include "base/result.h"')
        self.accepts("src/pool/a.h", '#include "pool/b.h"')
        self.accepts("src/net/a.cpp", '#include "wire/b.h"')
        self.accepts("src/net/a.cpp", "#include <event2/event.h>")
        self.accepts("src/net/a.cpp", "#include <vector>")

    def test_a_higher_layer_is_refused(self):
        self.refuses("src/base/a.h", '#include "store/store.h"')
        self.refuses("src/store/a.cpp", '#  include "service/options.h"')

    def test_record_and_wire_do_not_know_each_other(self):
        self.refuses("src/record/a.h", '#include "wire/b.h"')
        self.refuses("src/wire/a.h", '#include "record/b.h"')

    def test_replica_and_migration_do_not_know_each_other(self):
        self.refuses("src/migration/a.h", '#include "replica/b.h"')
        self.refuses("src/replica/a.h", '#include "migration/b.h"')
        self.accepts("src/service/a.h", '#include "migration/b.h"')

    def test_libevent_outside_of_net_is_refused(self):
        self.refuses("src/store/a.cpp", "#include <event2/event.h>")
        self.refuses("php_ext/a.cpp", "#include <event2/event.h>")

    def test_php_in_the_core_is_refused(self):
        self.refuses("src/service/a.cpp", '#include "php.h"')
        self.refuses("src/service/a.cpp", "#include <Zend/zend_API.h>")
        self.refuses("src/service/a.cpp", '#include "ext/session/php_session.h"')
        self.refuses("src/service/a.cpp", "#include <config.h>")

    def test_the_shim_includes_php_and_the_core(self):
        self.accepts("php_ext/a.cpp", '#include "ext/session/php_session.h"')
        self.accepts("php_ext/a.cpp", '#include "service/session_service.h"')
        self.accepts("php_ext/a.cpp", '#include "php_sessmirror.h"')

    def test_an_include_without_its_layer_is_refused(self):
        self.refuses("src/pool/a.cpp", '#include "placement.h"')

    def test_an_engine_includes_itself_and_what_engines_share(self):
        self.accepts("src/store/redis/put.cpp", '#include "store/redis/put.h"')
        self.accepts("src/store/redis/put.cpp", '#include "store/remote/link.h"')
        self.accepts("src/store/redis/put.cpp", '#include "store/store.h"')

    def test_an_engine_does_not_include_another_one(self):
        self.refuses("src/store/redis/put.cpp", '#include "store/memcached/put.h"')
        self.refuses("src/store/redis/deep/put.cpp", '#include "store/memcached/put.h"')

    def test_what_engines_share_includes_none(self):
        self.refuses("src/store/remote/link.h", '#include "store/redis/link.h"')
        self.refuses("src/store/store_spec.h", '#include "store/redis/link.h"')
        self.refuses("src/store/store_spec.h", '#include "store/remote/link.h"')

    def test_one_file_names_the_engines(self):
        self.accepts("src/store/engines.cpp", '#include "store/redis/engine.h"')
        self.refuses("src/store/engines.h", '#include "store/redis/engine.h"')

    def test_nothing_above_the_stores_includes_an_engine(self):
        self.accepts("src/pool/a.cpp", '#include "store/engines.h"')
        self.refuses("src/pool/a.cpp", '#include "store/redis/engine.h"')
        self.refuses("src/service/a.cpp", '#include "store/remote/link.h"')
        self.refuses("php_ext/a.cpp", '#include "store/redis/engine.h"')

    def test_a_folder_that_is_no_layer_is_refused(self):
        self.assertEqual(run_on({"src/util/a.h": ""}).returncode, 1)


if __name__ == "__main__":
    unittest.main()
