# SPDX-License-Identifier: BSD-3-Clause
# Shared by the scripts of this folder: places, headings, and the record of what passed and failed.
# A check is one line in $results: passed|failed|skipped <TAB> step <TAB> name.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Of this user and this checkout: a tree that was made from another one cannot be used.
build_dir=${SESSMIRROR_BUILD_DIR:-/tmp/sessmirror-build-$(id -u)${root//\//-}}
jobs=${SESSMIRROR_JOBS:-$(nproc)}
logs=$build_dir/logs
results=$build_dir/results.tsv
current_step=setup
# Options of PHP's run-tests.php: nothing is asked or sent, and what is shown is what did not pass, with the difference.
show_failures=(-q --show-diff -g FAIL,WARN,LEAK,BORK,SKIP)

# The tree of a clone made by another user is still ours to read.
repo_git() {
    git -c safe.directory="$root" -C "$root" "$@"
}

# Every file of the project as it stands, committed or not, NUL-separated and in order.
project_files() {
    repo_git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
        while IFS= read -r -d '' file; do
            if [ -e "$root/$file" ]; then printf '%s\0' "$file"; fi
        done
}

record() { # record passed|failed|skipped NAME
    printf '%s\t%s\t%s\n' "$1" "$current_step" "$2" >> "$results"
}

# check NAME COMMAND...: one check. Its output goes to a log, which is shown when the command fails.
check() {
    local name=$1 log
    shift
    log=$logs/$current_step-${name//[^A-Za-z0-9]/-}.log
    if "$@" > "$log" 2>&1; then
        record passed "$name"
        echo "  ok    $name"
        return 0
    fi
    record failed "$name"
    echo "  FAIL  $name"
    tail -n 80 "$log" | sed 's/^/        /'
    echo "        (all of it: $log)"
    return 1
}

# count_of STATUS: how many checks of this run ended so.
count_of() {
    awk -F '\t' -v status="$1" '$1 == status { n++ } END { print n + 0 }' "$results"
}
