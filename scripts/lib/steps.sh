# SPDX-License-Identifier: BSD-3-Clause
# The steps of scripts/test: step_NAME for each. A step returns nothing of interest; what failed is
# in the results.

# name|what it shows; in the order of the gate
gate_steps=(
    "format|formatting, licence lines, small habits (check-format)"
    "layers|who may include whom (check-layers)"
    "package|package.xml is complete, one version everywhere (check-package)"
    "arginfo|the committed arginfo is what the stub says (gen-arginfo)"
    "scripts|the scripts' own tests"
    "sanitize|unit and embed tests under AddressSanitizer and UBSan"
    "simulation|the replication logic in the deterministic simulation, and every short history of a small world"
    "ablation|without a part of the replication something goes wrong"
    "instructions|no part of the core costs more instructions than before"
    "clang|everything compiles under clang as well"
    "fuzz|fuzz targets over their corpus, and a short live run"
    "phpize|the extension, built in its tree"
    "documents|what the documents say is done: php.ini, the first session, a migration"
    "archive|an exported archive, as PIE takes it: complete, and configured with no option"
    "pecl|the extension, packaged by PECL's tool and built beside its sources"
    "phpt|the extension inside PHP"
    "tools|the command, the status page and the metrics"
    "php-session|PHP's own session tests with this handler"
    "php-session-redis|PHP's own session tests with this handler over Redis"
    "php-session-mysql|PHP's own session tests with this handler over MariaDB"
    "faults|short selection of the fault tests on real servers"
    "faults-redis|a selection of the fault tests over Redis"
    "apps|real applications on two hosts, one of whose stores hangs"
)
extra_steps=(
    "unit|unit tests as they are, without sanitizers"
    "tidy|clang-tidy over the core and the shim"
    "valgrind|the phpt suite under valgrind"
    "seeds|the simulation with many seeds (SESSMIRROR_SEEDS)"
    "faults-all|every fault test"
    "faults-all-redis|every fault test over Redis"
    "page|the status page in a browser, at three widths, light and dark"
    "apps-all|more applications, and every fault that the tour has"
)

# --- the text of the project ---------------------------------------------------------------------

step_format() { check "format" "$root/scripts/check-format"; }
step_layers() { check "layers" "$root/scripts/check-layers"; }
step_package() { check "package" "$root/scripts/check-package"; }
step_arginfo() { check "arginfo" "$root/scripts/gen-arginfo" --check; }

step_scripts() {
    local test
    for test in "$root"/tests/scripts/*_test.py; do
        check "$(basename "$test")" env PYTHONDONTWRITEBYTECODE=1 python3 "$test"
    done
}

# --- the core ------------------------------------------------------------------------------------

# has_files GLOB: whether the project has any; a step without material says so and counts nothing.
has_files() {
    if [ -z "$(project_files "$@" 2> /dev/null | tr -d '\0')" ]; then
        echo "  nothing in $* yet"
        return 1
    fi
}

step_unit() {
    ensure_gcc_tree &&
        check "compile the unit tests" cmake --build "$build_dir/gcc" -j "$jobs" --target unit_tests memory_tests &&
        run_ctest gcc unit
}

step_simulation() {
    if has_files 'tests/simulation/*.cpp'; then ensure_gcc_tree && run_ctest gcc simulation; fi
}

step_ablation() {
    if has_files scripts/ablate; then
        ensure_gcc_tree && run_counted "part taken out" "$root/scripts/ablate" --short
    fi
}

step_instructions() {
    ensure_gcc_tree && check "instruction counts" "$root/scripts/instructions" "$build_dir/gcc/benches"
}

step_seeds() { check "promises over many seeds" "$root/scripts/simulate" "${SESSMIRROR_SEEDS:-1000}"; }

step_clang() { ensure_clang_tree; }

step_fuzz() {
    local target
    has_files 'fuzz/*_fuzz.cpp' && ensure_clang_tree || return 0
    run_ctest clang fuzz
    for target in "$root"/fuzz/*_fuzz.cpp; do
        target=$(basename "$target" .cpp)
        check "$target, 20 seconds at most" env SESSMIRROR_BUILD_DIR="$build_dir" \
            "$root/scripts/fuzz" "$target" --short
    done
}

step_sanitize() {
    ensure_sanitize_tree || return 0
    run_shards sanitize unit_tests
    run_shards sanitize memory_tests
    if has_files 'tests/embed/*.cpp'; then run_ctest sanitize embed; fi
}

step_tidy() {
    ensure_gcc_tree || return 0
    # The tree is gcc's, some of whose warnings clang does not know.
    check "clang-tidy" run-clang-tidy -quiet -j "$jobs" -p "$build_dir/gcc" \
        -extra-arg=-Wno-unknown-warning-option "$root/(src|php_ext)/.*\.cpp"
}

# --- the extension -------------------------------------------------------------------------------

step_phpize() { ensure_extension && check_module "$extension"; }

step_documents() {
    local script
    ensure_extension || return 0
    for script in in_php on_a_host; do
        check "documents_$script.py" env PYTHONDONTWRITEBYTECODE=1 SESSMIRROR_SO="$extension/modules/sessmirror.so" \
            python3 "$root/tests/scripts/documents_$script.py"
    done
}

# The working tree as a commit would hold it, exported with the export-ignore rules applied.
export_archive() {
    local to=$1 index=$1.index tree
    rm -rf "$to" "$index" && mkdir -p "$to" &&
        GIT_INDEX_FILE=$index repo_git add --all &&
        tree=$(GIT_INDEX_FILE=$index repo_git write-tree) &&
        rm -f "$index" &&
        repo_git archive "$tree" | tar -C "$to" -x -f -
}

# What the extension is built from; step phpize shows that it can be.
holds_the_sources() {
    local to=$1 file
    project_files config.m4 sources.txt src php_ext |
        while IFS= read -r -d '' file; do cmp "$root/$file" "$to/$file" || exit 1; done
}

# The configured archive, told that it is of a PHP which is too old.
refuses_old_php() {
    local php_config=$1/php-config-8.1
    printf '%s\n' '#!/bin/sh' 'case $1 in --vernum) echo 80134 ;; --version) echo 8.1.34 ;;' \
        "*) exec '$(command -v php-config)' \"\$@\" ;; esac" > "$php_config"
    chmod +x "$php_config"
    (cd "$1" && ! ./configure --with-php-config="$php_config" > "$1/refusal.log" 2>&1 &&
        grep 'sessmirror needs PHP 8.2 or newer; .* is of PHP 8.1.34' "$1/refusal.log")
}

step_archive() {
    local to=$build_dir/archive
    check "export an archive" export_archive "$to" &&
        check "it holds the sources" holds_the_sources "$to" &&
        check "configure with no option" phpize_configure "$to" "$to" &&
        check "an old PHP is refused with a reason" refuses_old_php "$to"
}

# Unpacked is what PECL unpacks to build from: the files whose role is src, and no others.
package_for_pecl() {
    local to=$1
    rm -rf "$to" && mkdir -p "$to/all" "$to/unpacked" &&
        SESSMIRROR_MAINTAINER_EMAIL=somebody@example.org "$root/scripts/package" "$to" &&
        tar -C "$to/all" --strip-components=1 -x -f "$to"/sessmirror-*.tgz &&
        sed -n 's/.*<file name="\([^"]*\)" role="src".*/\1/p' "$root/package.xml" > "$to/sources" &&
        tar -C "$to/all" --files-from="$to/sources" -c -f - | tar -C "$to/unpacked" -x -f -
}

# As PECL installs what it has built: the module alone.
installs_the_module_alone() {
    make -C "$1/build" install INSTALL_ROOT="$1/installed" &&
        [ "$(find "$1/installed" -type f)" = "$1/installed$(php-config --extension-dir)/sessmirror.so" ]
}

# The command where PECL puts it. What is compiled is the matter of the next check.
installs_the_command_by_pecl() {
    local to=$1/pear folder
    mkdir -p "$to" && pear config-create "$to" "$to/pearrc" || return 1
    for folder in bin php data man ext doc test; do
        pear -c "$to/pearrc" config-set "${folder}_dir" "$to/$folder" || return 1
    done
    pear -c "$to/pearrc" install --nobuild --nodeps "$1"/sessmirror-*.tgz &&
        php -n "$to/bin/sessmirror" page | php -n -l &&
        test -s "$to/man/man1/sessmirror.1" && test -s "$to/data/sessmirror/grafana-dashboard.json"
}

# What a package says before anybody has given an address.
refuses_to_package_without_address() {
    ! SESSMIRROR_MAINTAINER_EMAIL= "$root/scripts/package" "$1" && ! compgen -G "$1/*.tgz"
}

step_pecl() {
    local to=$build_dir/pecl
    check "no package without an address" refuses_to_package_without_address "$build_dir/pecl-without-address"
    check "make the package" package_for_pecl "$to" &&
        check "PECL installs the command" installs_the_command_by_pecl "$to" &&
        configure_flags=-O0 check "build from what PECL unpacks, beside it" phpize_build "$to/unpacked" "$to/build" &&
        check "install what was built" installs_the_module_alone "$to" &&
        check_module "$to/build"
}

# --- inside PHP ----------------------------------------------------------------------------------

# run_phpt FOLDER [OPTIONS of run-tests.php]: the tests of a folder against the built extension.
run_phpt() {
    local report=$logs/$current_step.results log=$logs/$current_step.log folder=$1
    shift
    rm -f "$report"
    (cd "$extension" && NO_INTERACTION=1 NO_COLOR=1 TEST_PHP_CGI_EXECUTABLE="$(command -v php-cgi)" \
        make test TESTS="${show_failures[*]} -W $report $* $folder") > "$log" 2>&1 || true
    count_cases phpt "$report" "$log" --root "$extension" \
        --allowed-skips "$root/tests/phpt/allowed_skips.txt"
}

step_phpt() {
    if has_files 'tests/phpt/*.phpt'; then ensure_extension && run_phpt tests/phpt "-j$jobs"; fi
}

step_valgrind() {
    if has_files 'tests/phpt/*.phpt'; then
        ensure_extension && VALGRIND_OPTS='--trace-children-skip=*/memcached,*/redis-server' run_phpt tests/phpt "-j$jobs" -m -d pcre.jit=0
    fi
}

# The command where "make install" puts it, for which nothing is compiled again.
installs_the_command() {
    local to=$build_dir/installed
    rm -rf "$to" && make -C "$extension" install-sessmirror-command INSTALL_ROOT="$to" &&
        sed -i "s#'/usr#'$to/usr#" "$to/usr/bin/sessmirror" &&
        php -n "$to/usr/bin/sessmirror" page | php -n -l && test -s "$to/usr/share/man/man1/sessmirror.1"
}

step_tools() {
    if has_files 'tests/tools/*.phpt'; then
        ensure_extension && run_phpt tests/tools "-j$jobs" &&
            check "make install installs the command" installs_the_command
    fi
}

step_page() {
    run_counted "look at the page" env SESSMIRROR_BUILD_DIR="$build_dir" "$root/tests/tools/page_in_chromium"
}

# run_counted NAME COMMAND...: a script that ends with "N passed, N failed[, N skipped]" itself.
run_counted() {
    local name=$1 log=$logs/$current_step.log outcome=0
    shift
    "$@" > "$log" 2>&1 || outcome=$?
    count_cases closing-line "$log" "$log" --name "$name" --exit-code "$outcome"
}

run_php_session() { # ENGINE
    if has_files scripts/php-session-tests; then
        ensure_extension &&
            run_counted "PHP's session test" env SESSMIRROR_SO="$extension/modules/sessmirror.so" \
                SESSMIRROR_ENGINE="$1" "$root/scripts/php-session-tests"
    fi
}

step_php_session() { run_php_session memcached; }
step_php_session_redis() { run_php_session redis; }
step_php_session_mysql() { run_php_session mysql; }

run_faults() {
    if has_files tests/faults/run; then
        ensure_extension &&
            run_counted "fault test" env SESSMIRROR_SO="$extension/modules/sessmirror.so" \
                "$root/tests/faults/run" "$@"
    fi
}

step_faults() { run_faults --short; }
step_faults_all() { run_faults; }
step_faults_all_redis() { run_faults --engine redis; }

run_apps() {
    if has_files tests/apps/run; then
        ensure_extension &&
            run_counted "application" env SESSMIRROR_SO="$extension/modules/sessmirror.so" \
                SESSMIRROR_BUILD_DIR="$build_dir" "$root/tests/apps/run" "$@"
    fi
}

step_apps() { run_apps --short; }
step_apps_all() { run_apps; }

# Those that an engine can get wrong: its locks, its answers that do not come, and its return.
redis_faults=(
    forty_increments
    twenty_writers
    a_killed_workers_session
    a_session_destroyed
    a_killed_store_costs
    a_hung_store_costs
    a_store_that_returned_empty_is_filled
    what_was_written_in_a_partition
)
step_faults_redis() { run_faults --engine redis "${redis_faults[@]}"; }
