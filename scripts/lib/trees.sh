# SPDX-License-Identifier: BSD-3-Clause
# Build trees, all outside of the source tree and reused by the next run.
# Each ensure_* builds once per run and remembers the outcome, so that steps can be run in any choice.

declare -A tree_outcome=()

# once KEY COMMAND...: run the command the first time; later calls return what it returned.
once() {
    local key=$1
    shift
    if [ -z "${tree_outcome[$key]:-}" ]; then
        if "$@"; then tree_outcome[$key]=0; else tree_outcome[$key]=1; fi
    fi
    return "${tree_outcome[$key]}"
}

# --- CMake ---------------------------------------------------------------------------------------

build_cmake_tree() { # NAME, then options of cmake; cmake_targets limits what is built
    local name=$1
    shift
    check "configure the $name tree" cmake -S "$root" -B "$build_dir/$name" -Wno-dev "$@" &&
        check "compile the $name tree without a warning" cmake --build "$build_dir/$name" -j "$jobs" ${cmake_targets:+--target $cmake_targets}
}

# Optimised. The unit tests are compiled with sanitizers in the next tree, here only if they are asked for.
ensure_gcc_tree() {
    cmake_targets="sim_tests explore benches shim_lint" once gcc build_cmake_tree gcc -DCMAKE_CXX_COMPILER=g++
}

ensure_sanitize_tree() {
    # Optimised just enough for the tests' own deadlines: this tree takes longest to compile.
    cmake_targets="unit_tests memory_tests embed_tests" once sanitize build_cmake_tree sanitize \
        -DCMAKE_CXX_COMPILER=g++ -DSESSMIRROR_SANITIZE=ON "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1"
}

ensure_clang_tree() {
    once clang build_cmake_tree clang -DCMAKE_CXX_COMPILER=clang++ -DSESSMIRROR_FUZZ=ON
}

# run_ctest TREE LABEL...: the cases with one of the labels, each counted on its own.
run_ctest() {
    local tree=$build_dir/$1 labels junit
    shift
    labels=$(IFS='|'; echo "$*")
    junit=$logs/$current_step-${labels//|/-}.xml
    rm -f "$junit"
    ctest --test-dir "$tree" -j "$jobs" -L "^($labels)\$" --output-on-failure --no-tests=error \
        --output-junit "$junit" > "${junit%.xml}.log" 2>&1 || true
    count_cases junit "$junit" "${junit%.xml}.log"
}

# run_shards TREE PROGRAM: the cases of a GoogleTest program, as many processes as jobs with a share of
# them each. Under sanitizers a process takes longer to start than most cases take to run.
run_shards() {
    local tree=$build_dir/$1 program=$2 i report
    local -a running=()
    for ((i = 0; i < jobs; i++)); do
        report=$logs/$current_step-$program-$i
        rm -f "$report.xml"
        GTEST_TOTAL_SHARDS=$jobs GTEST_SHARD_INDEX=$i timeout 900 "$tree/$program" --gtest_brief=1 \
            --gtest_also_run_disabled_tests "--gtest_output=xml:$report.xml" > "$report.log" 2>&1 &
        running+=($!)
    done
    wait "${running[@]}" || true
    for ((i = 0; i < jobs; i++)); do
        report=$logs/$current_step-$program-$i
        count_cases junit "$report.xml" "$report.log"
    done
}

# count_cases FORMAT FILE LOG [OPTIONS]: add the cases of a runner's report to the results.
count_cases() {
    local format=$1 report=$2 log=$3 outcome=0
    shift 3
    python3 "$root/scripts/lib/tally.py" "$format" "$report" --step "$current_step" "$@" \
        >> "$results" 2> "$logs/tally.log" || outcome=$?
    sed 's/^/  /' "$logs/tally.log"
    if [ "$outcome" -ne 0 ]; then
        tail -n 120 "$log" | sed 's/^/        /'
        echo "        (all of it: $log)"
    fi
    return "$outcome"
}

# --- phpize --------------------------------------------------------------------------------------

# copy_project FOLDER: make the folder hold the project's files as they stand. Times are kept and
# other files stay, so that make rebuilds only what changed.
copy_project() {
    local to=$1 list=$1.files
    mkdir -p "$to" && project_files | sort -z > "$list.new" || return 1
    if [ -e "$list" ]; then
        comm -z -23 "$list" "$list.new" | (cd "$to" && xargs -0 -r rm -f --) || return 1
    fi
    tar -C "$root" --null --files-from="$list.new" -c -f - | tar -C "$to" -x -p -f - &&
        mv "$list.new" "$list"
}

# phpize_configure SOURCE BUILD OPTIONS...: only when what it depends on has changed.
phpize_configure() {
    local source=$1 build=$2 stamp
    shift 2
    local flags=${configure_flags:--g -O2}
    stamp=$(cat "$source/config.m4" "$source/sources.txt" <(echo "$*"; php-config --version) | sha256sum)
    mkdir -p "$build"
    if [ "$stamp" != "$(cat "$build/.configured" 2> /dev/null)" ]; then
        (cd "$source" && phpize --clean && phpize) &&
            (cd "$build" && "$source/configure" "$@" CFLAGS="$flags" CXXFLAGS="$flags") &&
            echo "$stamp" > "$build/.configured" || return 1
    fi
}

phpize_build() { # as phpize_configure, and then make
    phpize_configure "$@" && make -C "$2" -j "$jobs" && test -s "$2/modules/sessmirror.so"
}

# The options are right for a packager as well: PHP answers with the module's name, and the dynamic
# symbol table offers nothing but its entry.
loads_into_php() {
    php -n -d "extension=$1/modules/sessmirror.so" -r 'exit(extension_loaded("sessmirror") ? 0 : 1);'
}

exports_only_get_module() {
    local exported
    exported=$(nm -D --defined-only "$1/modules/sessmirror.so" | awk '{ print $NF }')
    echo "exported: $exported"
    [ "$exported" = get_module ]
}

check_module() { # FOLDER: what every way of building must deliver
    check "the module loads" loads_into_php "$1"
    check "get_module is the only export" exports_only_get_module "$1"
}

extension=$build_dir/phpize

build_extension() {
    check "copy the project" copy_project "$extension" &&
        check "build with warnings as errors" phpize_build "$extension" "$extension" --enable-sessmirror-dev
}

ensure_extension() {
    once extension build_extension
}
